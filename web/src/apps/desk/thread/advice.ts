/** What became of an advice while somebody wrote: edited, sent all the same, given up. Counted, without the words. */
import { useEffect, useRef } from 'react';
import { advised } from '../data';
import { type Judged, pieces } from './verdict';

type Outcome = 'edited' | 'sent' | 'abandoned';

/** Returns what to call when the text is sent. */
export function useAdvice(conversation: string, text: string, judged: Judged | null): () => void {
  const given = useRef<{ policy: string; action: string } | null>(null);
  const tell = (outcome: Outcome) => {
    if (given.current) advised({ conversation, outcome, ...given.current });
    given.current = null;
  };
  const [policy] = judged?.verdict.policies ?? [];
  if (policy && judged) given.current = { policy: policy.id, action: judged.verdict.action };
  const latest = useRef(tell);
  latest.current = tell;
  const empty = text.trim() === '';
  useEffect(() => {
    if (empty) latest.current('abandoned');
  }, [empty]);
  // The newest verdict may be about what stood there a moment ago: what counts is whether its words still stand.
  return () => tell(pieces(text, judged).some((one) => one.marked) ? 'sent' : 'edited');
}
