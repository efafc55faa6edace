/** A version of a product as it is written in the form: what it becomes on the wire, and what is wrong with it. */
import type { Version } from './ProductPanel';

export type Language = 'zh-CN' | 'en';
export const LANGUAGES: readonly Language[] = ['zh-CN', 'en'];
export const KINDS: readonly Version['kind'][] = [
  'money',
  'bond',
  'mixed',
  'equity',
  'structured',
  'private',
  'service',
];
export const GOALS: readonly Version['goals'][number][] = [
  'preserve',
  'income',
  'growth',
  'speculation',
];

type Texts = Record<Language, string>;

/** The form: figures and lines as they are typed. */
export interface Draft {
  code: string;
  names: Texts;
  kind: Version['kind'];
  risk: string;
  term: string;
  goals: Version['goals'];
  min: string;
  only: boolean;
  summaries: Texts;
  points: Texts;
  from: string;
  to: string;
}
export type Fault =
  | 'code'
  | 'name'
  | 'names'
  | 'term'
  | 'min'
  | 'goals'
  | 'points'
  | 'long'
  | 'from'
  | 'to';

const both = (of: (language: Language) => string): Texts => ({
  'zh-CN': of('zh-CN'),
  en: of('en'),
});

/** What the form begins with: nothing, or a version that is to be followed by another. */
export function draftOf(code: string, one: Version | undefined, today: string): Draft {
  return {
    code,
    names: both((language) => one?.names[language] ?? ''),
    kind: one?.kind ?? 'mixed',
    risk: String(one?.risk ?? 3),
    term: String(one?.term_months ?? 0),
    goals: one?.goals ?? [],
    min: String(one?.min_amount ?? 0),
    only: one?.professional_only ?? false,
    summaries: both((language) => one?.summaries[language] ?? ''),
    points: both((language) => (one?.risk_points[language] ?? []).join('\n')),
    from: one && one.effective_from > today ? one.effective_from : today,
    to: one?.effective_to && one.effective_to >= today ? one.effective_to : '',
  };
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
const figure = (text: string, most: number) => /^\d{1,11}$/.test(text) && Number(text) <= most;

/** What keeps it from being proposed, as the server would see it. */
export function faultsOf(draft: Draft, fresh: boolean): Set<Fault> {
  const points = LANGUAGES.flatMap((language) => lines(draft.points[language]));
  const wrong: Record<Fault, boolean> = {
    code: fresh && !/^[A-Za-z0-9._-]{2,32}$/.test(draft.code.trim()),
    name: !draft.names['zh-CN'].trim(),
    names: LANGUAGES.some((language) => draft.names[language].trim().length > 80),
    term: !figure(draft.term.trim(), 600),
    min: !figure(draft.min.trim(), 10_000_000_000),
    goals: draft.goals.length === 0,
    points: lines(draft.points['zh-CN']).length === 0,
    long: points.some((point) => point.length > 500),
    from: !draft.from,
    to: Boolean(draft.to && draft.from && draft.to < draft.from),
  };
  return new Set((Object.keys(wrong) as Fault[]).filter((one) => wrong[one]));
}

const filled = <T>(of: (language: Language) => T, there: (value: T) => boolean) =>
  Object.fromEntries(
    LANGUAGES.map((language) => [language, of(language)] as const).filter(([, one]) => there(one)),
  );

/** The body of the call. */
export const wired = (draft: Draft) => ({
  names: filled((language) => draft.names[language].trim(), Boolean),
  kind: draft.kind,
  risk: Number(draft.risk),
  term_months: Number(draft.term),
  goals: draft.goals,
  min_amount: Number(draft.min),
  professional_only: draft.only,
  summaries: filled((language) => draft.summaries[language].trim(), Boolean),
  risk_points: filled(
    (language) => lines(draft.points[language]),
    (points) => points.length > 0,
  ),
  effective_from: draft.from,
  effective_to: draft.to || null,
});
