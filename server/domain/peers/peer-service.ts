import type { Peer } from '../../contract/peer.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { PeerRepository } from './peer-repository.ts';

/** The SIP neighbours as the settings name them, kept beside the calls that went through them. */
export class PeerService {
  readonly #unitOfWork: UnitOfWork;
  readonly #peers: PeerRepository;

  constructor(unitOfWork: UnitOfWork, peers: PeerRepository) {
    this.#unitOfWork = unitOfWork;
    this.#peers = peers;
  }

  /** Makes the stored peers exactly these. */
  mirror(peers: readonly Peer[]): Promise<void> {
    return this.#unitOfWork.run((_record, nowMs) => this.#peers.replaceAll(peers, nowMs));
  }

  /** Without passwords. */
  all(): readonly Peer[] {
    return this.#peers.all();
  }
}
