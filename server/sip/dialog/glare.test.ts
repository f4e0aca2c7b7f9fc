import { describe, expect, it } from 'vitest';
import { inviteConflict, type Negotiation, updateConflict } from './glare.ts';

const quiet: Negotiation = {
  early: false,
  ourInvite: false,
  theirInvite: false,
  ourUpdate: false,
  theirUpdate: false,
  earlyAnswer: false,
};

describe('an offer that arrives', () => {
  it('is welcome when nothing else is under way', () => {
    expect(inviteConflict(quiet)).toBeUndefined();
    expect(updateConflict(quiet, true)).toBeUndefined();
  });

  it('meets 491 while an offer of ours is open', () => {
    expect(inviteConflict({ ...quiet, ourInvite: true })).toBe(491);
    expect(inviteConflict({ ...quiet, ourUpdate: true })).toBe(491);
    expect(updateConflict({ ...quiet, ourInvite: true }, true)).toBe(491);
    expect(updateConflict({ ...quiet, ourUpdate: true }, true)).toBe(491);
  });

  it('meets 500 while an offer of theirs is open', () => {
    expect(inviteConflict({ ...quiet, theirInvite: true })).toBe(500);
    expect(updateConflict({ ...quiet, theirUpdate: true }, true)).toBe(500);
    expect(updateConflict({ ...quiet, theirInvite: true }, true)).toBe(500);
  });

  it('may come by UPDATE while it still rings, once the first offer is answered', () => {
    expect(updateConflict({ ...quiet, early: true, theirInvite: true, earlyAnswer: true }, true)).toBeUndefined();
    expect(updateConflict({ ...quiet, early: true, ourInvite: true }, true)).toBeUndefined();
  });

  it('is none in an UPDATE that only refreshes', () => {
    expect(updateConflict({ ...quiet, ourInvite: true, theirInvite: true }, false)).toBeUndefined();
    expect(updateConflict({ ...quiet, theirUpdate: true }, false)).toBe(500);
  });
});
