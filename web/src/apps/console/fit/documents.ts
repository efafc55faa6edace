/** Documents of suitability as the console handles them: kinds, versions, what differs between two. */
export const KINDS = [
  'questionnaire',
  'bands',
  'matrix',
  'terms',
  'warning',
  'high_risk',
  'professional',
  'incentive',
] as const;
export type Kind = (typeof KINDS)[number];
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Content = { [key: string]: Value };

export interface Version {
  kind: Kind;
  version: number;
  state: 'proposed' | 'approved' | 'returned';
  content: Content;
  effective_from: string;
  author: string;
  author_name: string;
  note: string;
  in_force: boolean;
}

export interface Difference {
  path: string;
  before: string;
  after: string;
}

const isNode = (value: Value | undefined): value is Value[] | { [key: string]: Value } =>
  typeof value === 'object' && value !== null;

/** Members of a list are known by their id where they have one, so that an inserted one moves no other. */
function members(value: Value | undefined): Map<string, Value> {
  if (Array.isArray(value)) {
    return new Map(
      value.map((one, index) => {
        const id = isNode(one) && !Array.isArray(one) ? (one.id ?? one.level) : undefined;
        return [String(id ?? index + 1), one];
      }),
    );
  }
  return new Map(isNode(value) ? Object.entries(value) : []);
}

const flat = (value: Value | undefined): value is Value[] =>
  Array.isArray(value) && value.every((one) => !isNode(one));

const shown = (value: Value | undefined): string =>
  value === undefined ? '' : flat(value) ? value.join(', ') : isNode(value) ? '…' : String(value);

/** Every place where the two say different things. */
export function differences(
  before: Value | undefined,
  after: Value | undefined,
  path: string[] = [],
): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const inner = [before, after].some((one) => isNode(one) && !flat(one));
  if (!inner) return [{ path: path.join(' › '), before: shown(before), after: shown(after) }];
  const [left, right] = [members(before), members(after)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), [...path, key]),
  );
}

/** The content with `value` at the end of `path`. */
export function placed(content: Value, path: (string | number)[], value: Value): Value {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(content)) {
    return content.map((one, index) => (index === step ? placed(one, rest, value) : one));
  }
  const node = isNode(content) ? content : {};
  return { ...node, [step]: placed(node[step] ?? null, rest, value) };
}

/** Another member of a list: the last one again, under an id of its own and without its words. */
export function another(list: Value[]): Value {
  const last = structuredClone(list.at(-1) ?? '');
  if (isNode(last) && !Array.isArray(last)) {
    if ('id' in last) last.id = `n${list.length + 1}`;
    if (isNode(last.text)) last.text = { 'zh-CN': '', en: '' };
    delete last.lowest;
    delete last.refused;
  }
  return last;
}

/** In the order in which a text in two languages is written, whatever the order in which it was kept. */
const ORDER = ['id', 'title', 'text', 'zh-CN', 'en', 'score', 'many', 'options'];
export const ordered = (node: { [key: string]: Value }): [string, Value][] =>
  Object.entries(node).sort(([a], [b]) => rank(a) - rank(b));
const rank = (key: string) => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1);
