/** What the advisor has chosen about keys, sound and density on this device. */

const read = (key: string, fallback: boolean): boolean => {
  try {
    const kept = localStorage.getItem(`visavis.desk.${key}`);
    return kept === null ? fallback : kept === '1';
  } catch {
    return fallback; // storage is forbidden: the choice lasts as long as the page
  }
};

const write = (key: string, on: boolean): void => {
  chosen.set(key, on);
  try {
    localStorage.setItem(`visavis.desk.${key}`, on ? '1' : '0');
  } catch {
    // as above
  }
};

const chosen = new Map<string, boolean>();
const get = (key: string, fallback: boolean): boolean => chosen.get(key) ?? read(key, fallback);

/** Whether keys without Alt, Ctrl or Cmd act (WCAG 2.1.4: they can be turned off). */
export const singleKeys = (): boolean => get('singleKeys', true);
export const chooseSingleKeys = (on: boolean): void => write('singleKeys', on);

/** Whether an offer chimes and vibrates. */
export const chimes = (): boolean => get('chimes', true);
export const chooseChimes = (on: boolean): void => write('chimes', on);

/** Whether Enter sends; otherwise Ctrl or Cmd with Enter does. */
export const enterSends = (): boolean => get('enterSends', true);
export const chooseEnterSends = (on: boolean): void => write('enterSends', on);
