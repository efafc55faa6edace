/** A catalogue that comes with the screens that need it and stays beside the first screen's. */
import { type Catalogue, fill, type Language, type Values } from './i18n';

export function beside<C extends Catalogue>(
  load: Record<Language, () => Promise<{ default: Record<keyof C, string> }>>,
) {
  type Key = Extract<keyof C, string>;
  let words: Catalogue = {};
  let spoken: Language | null = null;
  return {
    t: (key: Key, values?: Values): string => fill(words[key] ?? key, values),
    /** The text of a key that comes from the server, or that of `other`. */
    orElse: (key: string, other: Key, values?: Values): string =>
      fill(words[key] ?? words[other] ?? key, values),
    /** Loads the words of this language, once. */
    async speak(language: Language): Promise<void> {
      if (spoken === language) return;
      words = (await load[language]()).default;
      spoken = language;
    },
  };
}
