/** First words of sentences that tell the agent what to do. */
const imperatives = new Set(
  `act adopt aim allow always answer apologise apologize ask assist avoid be begin call check close collect confirm
  consider continue decline describe do don't dont end ensure escalate explain express find focus follow gather get give
  greet guide handle help hold identify ignore inform introduce keep let limit listen maintain make mention never note
  obtain offer only pause persuade please politely prefer pretend proceed pronounce provide qualify read refer refrain
  refuse remember remind repeat reply request respond say share schedule sell sound speak spell stay start stick stop
  suggest summarise summarize take talk tell thank transfer treat try understand use verify wait write`.split(/\s+/),
);

const addressedToAgent = [
  /^you(?:'re| are)\b/i,
  /^you (?:must|should|shall|will|need to|have to|never|always|work|speak|represent|act|answer|help|do not|don't)\b/i,
  /^you (?:can|may|cannot|can't|may not) (?:only |also |not |never )?(?:answer|ask|book|check|discuss|end|give|help|look|make|mention|offer|promise|provide|say|schedule|share|speak|take|talk|tell|transfer|use)\b/i,
  /^your (?:task|role|job|goal|purpose|aim|mission|name|tone|voice|style|persona|responsibilit|instructions?|objective)/i,
  /^(?:if|when|whenever|once|after|before|unless|should|as soon as)\b.*\b(?:the|a|any) (?:caller|user|customer|client|person|lead|patient|guest|contact)s?\b/i,
  /^(?:if|when) (?:they|he|she|someone|somebody|anyone|you|asked|unsure|in doubt|there is no)\b/i,
  /^(?:the|this) (?:assistant|agent|bot|ai|conversation|call script)\b/i,
  /^(?:under no circumstances|at the end of the call|at the start|in this call|as an? (?:ai|assistant|agent))\b/i,
];

/** In text written for callers, "you" is the caller: only what plainly addresses the agent is set aside. */
const plainlyForAgent = [
  /^you(?:'re| are) (?:an?|the) (?:\w+[ -]){0,4}(?:assistant|agent|receptionist|operator|bot|representative)\b/i,
  /^(?:always|never) (?:say|tell|ask|answer|be|use|give|promise|mention)\b/i,
  /^(?:if|when) (?:the|a) (?:caller|user)\b/i,
];

/** Whether a sentence of a system prompt or task directs the agent instead of stating something about the world. */
export function isInstruction(sentence: string): boolean {
  const plain = sentence.replace(/^["'(\s]+/, '');
  const first = /^[a-z']+/i.exec(plain)?.[0].toLowerCase() ?? '';
  if (/^check[- ](?:in|out|ups?)\b/i.test(plain)) return false;
  return imperatives.has(first) || addressedToAgent.some((pattern) => pattern.test(plain));
}

/** The same for knowledge text, which is written about the business and for its callers. */
export function isAgentInstruction(sentence: string): boolean {
  return plainlyForAgent.some((pattern) => pattern.test(sentence));
}
