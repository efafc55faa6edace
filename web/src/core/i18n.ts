/** A typed catalogue and Intl: all that translation needs here, in about a kilobyte. */

export type Language = 'zh-CN' | 'en';
export type Catalogue = Record<string, string>;
export type Values = Record<string, string | number>;

export const languages: readonly Language[] = ['zh-CN', 'en'];

let current: Language = 'zh-CN';
let messages: Catalogue = {};
let plural = new Intl.PluralRules('zh-CN');

/** Makes the catalogues of one language the ones that are spoken from now on. */
export function install(language: Language, ...catalogues: Catalogue[]): void {
  current = language;
  messages = Object.assign({}, ...catalogues);
  plural = new Intl.PluralRules(language);
  writer = undefined;
}

/** Adds catalogues of the language that is spoken. */
export function add(...catalogues: Catalogue[]): void {
  messages = Object.assign({}, messages, ...catalogues);
}

/** The language that is spoken now. */
export const language = (): Language => current;

/** A name as the spoken language writes it. */
export const named = (one: { name: string; name_en?: string | null }): string =>
  (current === 'en' && one.name_en) || one.name;

/** The nearest language that we speak to what a person asks for. */
export function nearest(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'zh-CN';
}

/** Fills `{name}` and `{name, plural, one{# day} other{# days}}` in a text. */
export function fill(text: string, values: Values = {}): string {
  return text
    .replace(
      /\{(\w+), plural,((?:\s*\w+\{[^{}]*\})+)\s*\}/g,
      (whole, name: string, forms: string) => {
        const count = Number(values[name]);
        const wanted = plural.select(count);
        const known = new Map([...forms.matchAll(/(\w+)\{([^{}]*)\}/g)].map((m) => [m[1], m[2]]));
        const form = known.get(wanted) ?? known.get('other');
        return form === undefined ? whole : form.replaceAll('#', number(count));
      },
    )
    .replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
    });
}

/** A translator for the keys of one application's catalogue. */
export function texts<C extends Catalogue>() {
  return (key: Extract<keyof C, string>, values?: Values): string =>
    fill(messages[key] ?? key, values);
}

/** The text of a key that comes from the server, or undefined where this application has none. */
export function lookup(key: string, values?: Values): string | undefined {
  const text = messages[key];
  return text === undefined ? undefined : fill(text, values);
}

// One that writes numbers takes long to make.
let writer: Intl.NumberFormat | undefined;
const number = (value: number): string => {
  writer ??= new Intl.NumberFormat(current);
  return writer.format(value);
};
