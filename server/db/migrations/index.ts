import type { Migration } from '../migrate.ts';
import { firstSchema } from './0001-first-schema.ts';

/** In order, without gaps. Add to the end; never change one that was released. */
export const migrations: readonly Migration[] = [firstSchema];
