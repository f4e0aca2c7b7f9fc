/** How finished what the caller said sounds. */
export type Completeness = 'closed-answer' | 'complete' | 'normal' | 'incomplete';

export interface TurnVerdict {
  readonly completeness: Completeness;
  /** Silence to wait for, counted from the end of the caller's last voiced frame. */
  readonly waitMs: number;
}

export interface TurnContext {
  /** What the agent said last: whether it asked, and what. */
  readonly lastAgentSentence: string;
}

/** Says how long to wait after the caller's last word. A model can stand in for the word rules. */
export interface TurnDetector {
  predict(text: string, context: TurnContext): TurnVerdict;
}

export interface EndOfTurnSettings {
  /** "Yes" to a yes-or-no question, "thank you", "goodbye". */
  readonly closedAnswerMs: number;
  /** Looks like a whole question or request. */
  readonly completeMs: number;
  readonly normalMs: number;
  /** Ends in a conjunction, filler, preposition, article, or inside a number or a spelling. */
  readonly incompleteMs: number;
  /** No wait is longer. */
  readonly hardStopMs: number;
}

/**
 * Voice onset is reported 60–100 ms after it began, so a pause of 600 ms inside a sentence looks like 700 ms here.
 * Until an answer is audible the turn can go on at no cost, and that takes another 60–100 ms after the decision.
 */
export const endOfTurnDefaults: EndOfTurnSettings = {
  closedAnswerMs: 500,
  completeMs: 720,
  normalMs: 780,
  incompleteMs: 1_200,
  hardStopMs: 3_000,
};
