/** What the palette offers here and now: for the open conversation, my state, places, people, looks. */
import { languages, named } from '../../../core/i18n';
import { chooseTheme, type Theme } from '../../../core/prefs';
import type { Presence } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { navigate } from '../../../ui';
import type { Action } from '../../../ui/CommandPalette';
import {
  iBolt,
  iBook,
  iChat,
  iCheck,
  iClock,
  iEye,
  iGear,
  iGlobe,
  iId,
  iList,
  iNote,
  iPath,
  iPause,
  iPeople,
  iSwap,
} from '../../../ui/icons';
import { speak } from '../../start';
import type { Header, Row } from '../data';
import { say } from '../list/MyState';
import { type Command, written } from './map';
import { singleKeys } from './prefs';

export interface Here {
  header: Header | null;
  rows: readonly Row[];
  pool: number;
  run: (command: Command | 'why') => void;
}

export function paletteActions({ header, rows, pool, run }: Here): Action[] {
  const singles = singleKeys();
  const at = (command: Command) => written(command, singles);
  const to = header ? t('palette.for', { name: named(header.client) }) : '';
  const go = t('palette.go');
  const own = t('palette.me');
  const looks = t('palette.look');
  return [
    ...(header
      ? [
          {
            id: 'transfer',
            text: t('palette.transfer'),
            icon: iSwap,
            keys: at('transfer'),
            group: to,
            off: !header.may.transfer,
            run: () => run('transfer'),
          },
          {
            id: 'note',
            text: t('palette.note'),
            icon: iNote,
            keys: at('note'),
            group: to,
            off: !header.may.note,
            run: () => run('note'),
          },
          {
            id: 'close',
            text: t('palette.close'),
            icon: iCheck,
            keys: at('close'),
            group: to,
            off: !header.may.close,
            run: () => run('close'),
          },
          {
            id: 'later',
            text: t('palette.later'),
            icon: iClock,
            keys: at('later'),
            group: to,
            off: header.state === 'closed',
            run: () => run('later'),
          },
          {
            id: 'panel',
            text: t('head.panel'),
            icon: iId,
            keys: at('panel'),
            group: to,
            run: () => run('panel'),
          },
          { id: 'why', text: t('why.link'), icon: iPath, group: to, run: () => run('why') },
        ].filter((one) => !('off' in one && one.off))
      : []),
    ...rows.map((row) => ({
      id: `row-${row.id}`,
      text: named(row.client),
      also: row.last?.text ?? '',
      icon: iChat,
      group: t('nav.conversations'),
      run: () => navigate(`/conversations/${row.id}`),
    })),
    ...(['online', 'busy', 'break', 'off'] as Presence[]).map((status) => ({
      id: `presence-${status}`,
      text: t(`presence.${status}`),
      also: t(`presence.${status}.hint`),
      icon: iPause,
      group: own,
      run: () => void say(status),
    })),
    {
      id: 'pool',
      text: `${t('nav.pool')} · ${t('palette.pool', { n: pool })}`,
      icon: iBolt,
      keys: at('goPool'),
      group: go,
      run: () => navigate('/pool'),
    },
    {
      id: 'clients',
      text: t('nav.clients'),
      icon: iPeople,
      keys: at('goClients'),
      group: go,
      run: () => navigate('/clients'),
    },
    {
      id: 'never',
      text: t('palette.never'),
      icon: iPeople,
      group: go,
      run: () => navigate('/clients?view=never'),
    },
    {
      id: 'knowledge',
      text: t('nav.knowledge'),
      icon: iBook,
      keys: at('goKnowledge'),
      group: go,
      run: () => navigate('/knowledge'),
    },
    {
      id: 'settings',
      text: t('nav.settings'),
      icon: iGear,
      keys: at('goSettings'),
      group: go,
      run: () => navigate('/settings'),
    },
    {
      id: 'help',
      text: t('keys.title'),
      icon: iList,
      keys: at('help'),
      group: go,
      run: () => run('help'),
    },
    ...(['auto', 'light', 'dark', 'contrast'] as Theme[]).map((theme) => ({
      id: `theme-${theme}`,
      text: t(`theme.${theme}`),
      also: t('shell.theme'),
      icon: iEye,
      group: looks,
      run: () => chooseTheme(theme),
    })),
    ...languages.map((language) => ({
      id: `language-${language}`,
      text: language === 'en' ? 'English' : '中文',
      also: t('shell.language'),
      icon: iGlobe,
      group: looks,
      run: () => speak(language),
    })),
  ];
}
