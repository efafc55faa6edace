/** Judging while one types: asked after a pause, dropped when the text moves on; what its words become in the text. */
import { useEffect, useState } from 'react';
import { ApiError } from '../../../core/http';
import type { Verdict } from '../../../core/protocol';
import { judge } from '../data';

const PAUSE_MS = 60;
const SHORTEST = 2;

export interface Judged {
  text: string;
  verdict: Verdict;
}

/** The verdict about `text`, or about an earlier text while the newer one is being judged. */
export function useVerdict(text: string, conversation: string, on: boolean): Judged | null {
  const [judged, setJudged] = useState<Judged | null>(null);
  useEffect(() => {
    const asked = text.trim();
    if (!on || asked.length < SHORTEST) {
      setJudged(null);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      judge(text, conversation, stop.signal).then(
        (verdict) => setJudged(verdict.action === 'pass' ? null : { text, verdict }),
        (error: unknown) => {
          // The server judges again when the message is sent: a failed preview shows nothing.
          if (error instanceof ApiError) setJudged(null);
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, conversation, on]);
  return judged;
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** The text cut at its spans; spans of an older text are kept as far as both texts agree. */
export function pieces(text: string, judged: Judged | null): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  let same = 0;
  if (judged) while (same < text.length && judged.text[same] === text[same]) same += 1;
  for (const [start, end] of judged?.verdict.spans ?? []) {
    if (start < at || end > same) continue;
    if (start > at) out.push({ text: text.slice(at, start), marked: false });
    out.push({ text: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length || !out.length) out.push({ text: text.slice(at), marked: false });
  return out;
}

const STOPS = '。！？!?\n；;';

/** The text with the sentences that hold a span replaced by the approved wording, once. */
export function rewritten(text: string, verdict: Verdict): string {
  const wording = verdict.policies.find((policy) => policy.alternative)?.alternative;
  if (!wording || !verdict.spans.length) return text;
  const sentences = cut(text);
  let done = false;
  return sentences
    .map(({ from, to }) => {
      const hit = verdict.spans.some(([start, end]) => start < to && end > from);
      if (!hit) return text.slice(from, to);
      if (done) return '';
      done = true;
      return wording;
    })
    .join('');
}

function cut(text: string): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!STOPS.includes(text[at] as string)) continue;
    while (at + 1 < text.length && STOPS.includes(text[at + 1] as string)) at += 1;
    out.push({ from, to: at + 1 });
    from = at + 1;
  }
  if (from < text.length) out.push({ from, to: text.length });
  return out;
}
