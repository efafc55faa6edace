/** What a request may be about, in the order in which it is offered for choice; identity's `Topic`. */
export const topics = [
  'account',
  'trading',
  'fund',
  'bond',
  'margin',
  'suitability',
  'fees',
  'ipo',
  'app',
  'security',
  'complaint',
  'planning',
  'other',
] as const;
