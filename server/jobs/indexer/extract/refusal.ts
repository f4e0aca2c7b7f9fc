/** A file that cannot be read for a reason its owner can mend; the message is the sentence to show. */
export class Refusal extends Error {}
