/** A UDP address. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export function isSameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.port === other.port && one.address === other.address;
}
