import process from 'node:process';

/** The environment as it was found: raw text, nothing checked. The rest of the house never reads `process.env`. */
export interface RawEnvironment {
  readonly data?: string;
  readonly httpPort?: string;
  readonly sipPort?: string;
  readonly rtpPorts?: string;
  readonly log?: string;
  readonly xdgDataHome?: string;
  readonly localAppData?: string;
}

const names = {
  data: 'LANDLINE_DATA',
  httpPort: 'LANDLINE_HTTP_PORT',
  sipPort: 'LANDLINE_SIP_PORT',
  rtpPorts: 'LANDLINE_RTP_PORTS',
  log: 'LANDLINE_LOG',
  xdgDataHome: 'XDG_DATA_HOME',
  localAppData: 'LOCALAPPDATA',
} as const satisfies Record<keyof RawEnvironment, string>;

/** Picks Landline's variables; an empty value counts as absent. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): RawEnvironment {
  const found: Partial<Record<keyof RawEnvironment, string>> = {};
  for (const key of Object.keys(names) as (keyof RawEnvironment)[]) {
    const value = variables[names[key]]?.trim();
    if (value !== undefined && value !== '') found[key] = value;
  }
  return found;
}
