/** A SIP neighbour from the settings: a trunk or a PBX. */
export interface Peer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  readonly username?: string;
  readonly password?: string;
  /** Domain for From and digest realm matching; `host` when absent. */
  readonly domain?: string;
  /** IPv4 addresses or CIDR blocks whose requests are admitted as coming from this peer. */
  readonly allowedSources: readonly string[];
}
