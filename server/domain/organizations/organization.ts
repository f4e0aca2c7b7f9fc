/** Whom rows belong to; every list and every id is looked up inside one. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
