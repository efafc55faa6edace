/** Starts the client's side: look, language, then the application. */
import { type ComponentChild, render } from 'preact';
import { install } from '../../core/i18n';
import { chosenLanguage, followSystem } from '../../core/prefs';
import { load, t } from '../../locales/widget';
import '../../tokens/tokens.css';
import '../../tokens/base.css';

export type Place = 'frame' | 'page';

export async function open(place: Place): Promise<void> {
  followSystem();
  const language = chosenLanguage();
  const parts = await load[language]();
  install(language, ...parts.map((part) => part.default));
  document.documentElement.lang = language;
  document.documentElement.dataset.place = place;
  document.title = t('title');
  const root = document.getElementById('root') as HTMLElement;
  render((<h1>{t('title')}</h1>) as unknown as ComponentChild, root);
}
