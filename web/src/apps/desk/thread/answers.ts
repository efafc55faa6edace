/** Standard answers: found by what follows a slash, or suggested for what the client said last. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Citation } from '../../../core/protocol';
import { type Answer, findAnswers } from '../data';

/** What follows a slash at the start of a one-line text; null where the text is no search. */
export function slash(text: string): string | null {
  const found = /^[/／](.{0,40})$/.exec(text);
  return found ? (found[1] ?? '').trim() : null;
}

export function useSlash(q: string | null) {
  return useQuery({
    queryKey: ['answers', q],
    queryFn: ({ signal }) => findAnswers({ q: q || undefined }, signal),
    enabled: q !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** Below this fit an answer is no suggestion. */
const FITS = 0.5;

/** At most three that fit, asked again when the client has said something new. */
export function useSuggestions(conversation: string, lastNo: number, on: boolean) {
  return useQuery<Answer[]>({
    queryKey: ['suggestions', conversation, lastNo],
    queryFn: ({ signal }) =>
      findAnswers({ conversation }, signal).then((found) =>
        found.filter((one) => (one.score ?? 1) >= FITS).slice(0, 3),
      ),
    enabled: on && lastNo > 0,
    placeholderData: keepPreviousData,
    staleTime: 300_000,
    retry: false,
  });
}

/** What an answer rests on: its citations, else the entry that it is. */
export const sources = (answer: Answer): Citation[] =>
  answer.citations?.length
    ? answer.citations
    : [
        {
          n: 1,
          entry: answer.entry ?? answer.id,
          version: answer.version,
          title: answer.title,
          reviewed: answer.reviewed ?? '',
        },
      ];

/** The sources of an inserted answer, as long as its words are still in the text. */
export const stillCited = (text: string, used: Answer | null): Citation[] =>
  used && text.includes(used.text.slice(0, 12)) ? sources(used) : [];
