import type { TransferTarget } from '../../../kinds/llm.ts';
import { offer, onlyTargets, phrases, transferring, whichTarget } from '../phrases.ts';
import type { Reply } from '../reply.ts';
import { soundsLike } from '../understand/similarity.ts';
import { classOf } from '../understand/vocabulary.ts';
import { plainText, wordsOf } from '../understand/words.ts';

/** A target's name must be heard this well. */
const surelyMeant = 0.7;
/** A word of a condition must be heard this well. */
const surelyTheSame = 0.85;
const anyone =
  /\b(?:human|real person|person|people|someone|somebody|anyone|anybody|agent|operator|colleague|representative|team|staff|reception|front desk)\b/;

/** The configured target that a line names; a call for "a person" means the only one there is. */
export function targetIn(text: string, targets: readonly TransferTarget[]): TransferTarget | undefined {
  const heard = wordsOf(text);
  const scored = targets
    .map((target) => ({ target, score: nameScore(heard, target.name) }))
    .toSorted((a, b) => b.score - a.score);
  const [best, second] = scored;
  if (best && best.score >= surelyMeant && (!second || best.score > second.score)) return best.target;
  return targets.length === 1 && anyone.test(plainText(text)) ? targets[0] : undefined;
}

function nameScore(heard: readonly string[], name: string): number {
  const words = wordsOf(name).filter((word) => classOf(word) !== 'function');
  if (words.length === 0) return 0;
  const total = words.reduce(
    (sum, word) => sum + Math.max(0, ...heard.map((other) => (other.length < 3 ? 0 : soundsLike(other, word)))),
    0,
  );
  return total / words.length;
}

/** Words of a condition that say nothing about its subject. */
const aboutNothing = new Set(
  (
    'call caller callers calls customer customers user wants want wanted would like needs need asks ask asked speak ' +
    'talk transfer transferred connect someone somebody anyone person people human agent colleague question questions ' +
    'when whenever something anything problem please about'
  ).split(' '),
);

/** The one target whose condition speaks of what the caller speaks of. */
function targetFor(text: string, targets: readonly TransferTarget[]): TransferTarget | undefined {
  const heard = subjectsIn(text);
  const scored = targets
    .map((target) => ({ target, score: sharedSubjects(heard, subjectsIn(target.when ?? '')) }))
    .toSorted((a, b) => b.score - a.score);
  const [best, second] = scored;
  return best && best.score > (second?.score ?? 0) ? best.target : undefined;
}

function subjectsIn(text: string): readonly string[] {
  return wordsOf(text).filter((word) => word.length > 2 && classOf(word) !== 'function' && !aboutNothing.has(word));
}

function sharedSubjects(heard: readonly string[], meant: readonly string[]): number {
  return heard.filter((word) => meant.some((other) => soundsLike(word, other) >= surelyTheSame)).length;
}

/** A caller asked to speak to someone. Only configured targets are ever dialled. */
export function requestTransfer(text: string, targets: readonly TransferTarget[]): Reply {
  const target = targetIn(text, targets) ?? targetFor(text, targets);
  if (target) return startTransfer(target);
  if (targets.length === 0) return { sentences: [phrases.cannotTransfer, offer(targets)], slots: { flow: 'offer' } };
  if (anyone.test(plainText(text))) return { sentences: [whichTarget(targets)], slots: { flow: 'choose-target' } };
  return { sentences: [onlyTargets(targets)], slots: { flow: 'offer' } };
}

export function startTransfer(target: TransferTarget): Reply {
  return { sentences: [transferring(target)], slots: { flow: '' }, transfer: target };
}
