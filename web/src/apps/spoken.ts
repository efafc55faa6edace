/** Whether the words of a lazy page are here, in the language that is spoken. */
import { useEffect, useState } from 'react';
import { type Language, language } from '../core/i18n';

export function useSpoken(speak: (wanted: Language) => Promise<void>): boolean {
  const [spoken, setSpoken] = useState('');
  const wanted = language();
  useEffect(() => {
    // Without a line there are no words yet; the page asks again when it is opened anew.
    void speak(wanted).then(
      () => setSpoken(wanted),
      () => undefined,
    );
  }, [wanted, speak]);
  return spoken !== '';
}
