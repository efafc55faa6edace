/** The frame of a staff application: dark rail on wide screens, tab bar below on phones, account menu. */
import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { type Language, language, named } from '../core/i18n';
import { chooseTheme, type Theme, theme } from '../core/prefs';
import { t } from '../locales/common';
import { Avatar, Badge, Icon, Link, Mark, Menu, type MenuEntry, navigate, useHere } from '../ui';
import { iLeave, iMore } from '../ui/icons';
import { useWide } from '../ui/useWide';
import css from './Shell.module.css';
import { signOut, useMe } from './session';
import { speak } from './start';

export interface Place {
  /** Path below the application's base; the first one is its start page. */
  path: string;
  text: string;
  icon: string;
  count?: number;
}

const PasswordDialog = lazy(() =>
  import('./PasswordDialog').then((part) => ({ default: part.PasswordDialog })),
);

const NONE: Place[] = [];
const themes: Theme[] = ['auto', 'light', 'dark', 'contrast'];
const languages: [Language, string][] = [
  ['zh-CN', '中文'],
  ['en', 'English'],
];
const speaks = ([id, text]: [Language, string]): MenuEntry => ({
  id: `language:${id}`,
  text,
  on: language() === id,
});

export function Shell(props: {
  places: Place[];
  /** Places at the foot of the rail, and in the account's menu: phones have no room for them. */
  foot?: Place[];
  /** Hides the tab bar on phones: a page of its own, such as an open conversation. */
  bare?: boolean;
  children: ReactNode;
}) {
  const me = useMe();
  const { places, foot = NONE } = props;
  // A phone has room for five in a row; what is beyond stands behind the last.
  const few = !useWide(768) && places.length > 5;
  const fitting = few ? places.slice(0, 4) : places;
  const rest = places.slice(fitting.length);
  return (
    <div className={`${css.shell} ${props.bare ? css.bare : ''}`}>
      <a className={css.skip} href="#content">
        {t('shell.skip')}
      </a>
      <nav className={css.rail} aria-label={t('shell.nav')}>
        <span className={css.mark}>
          <Mark onDark />
        </span>
        <Places list={fitting} home />
        {rest.length ? <Rest list={rest} /> : null}
        <span className={css.space} />
        <span className={css.foot}>
          <Places list={foot} />
        </span>
        <Account foot={foot} name={named(me)} photo={me.photo ?? null} />
      </nav>
      <main id="content" className={css.content} tabIndex={-1}>
        {props.children}
      </main>
    </div>
  );
}

/** Links to the places; the one that was pressed is marked at once, while its page is still being drawn. */
function Places({ list, home }: { list: Place[]; home?: boolean }) {
  const path = useHere();
  const at =
    list.find((place) => path === place.path || path.startsWith(`${place.path}/`)) ??
    (home && path === '/' ? list[0] : undefined);
  return list.map((place) => (
    <Link
      key={place.path}
      to={place.path}
      className={css.place}
      aria-current={place === at ? 'page' : undefined}
    >
      <Icon of={place.icon} />
      <span>{place.text}</span>
      <span className={css.count}>
        <Badge count={place.count ?? 0} />
      </span>
    </Link>
  ));
}

function Rest({ list }: { list: Place[] }) {
  const path = useHere();
  const on = list.some((place) => path === place.path || path.startsWith(`${place.path}/`));
  return (
    <Menu
      label={t('shell.more')}
      placement="top end"
      items={list.map(({ path: id, text, icon }) => ({ id, text, icon }))}
      onAction={navigate}
      trigger={
        <AriaButton className={css.place} aria-current={on ? 'page' : undefined}>
          <Icon of={iMore} />
          <span>{t('shell.more')}</span>
        </AriaButton>
      }
    />
  );
}

/** Menus are dear to draw: this one is drawn anew for what it shows, not for every press in the page beside it. */
const Account = memo(function Account(props: {
  name: string;
  photo: string | null;
  foot: Place[];
}) {
  const { name, photo, foot } = props;
  const me = useMe();
  const [changing, setChanging] = useState(false);
  // It may be chosen elsewhere, too.
  const [look, setLook] = useState(theme);
  const act = (key: string) => {
    const [kind, value] = key.split(':');
    if (kind === 'language') speak(value as Language);
    else if (kind === 'theme') chooseTheme(value as Theme);
    else if (kind === 'go') navigate(String(value));
    else if (kind === 'password') setChanging(true);
    else void signOut();
  };
  return (
    <>
      {changing ? (
        <Suspense>
          <PasswordDialog onClose={() => setChanging(false)} />
        </Suspense>
      ) : null}
      <Menu
        label={t('shell.account')}
        placement="right bottom"
        onOpen={() => setLook(theme())}
        onAction={act}
        head={
          <div className={css.who}>
            <b>{name}</b>
            <span>{me.roles.map((role) => t(`role.${role}` as 'role.advisor')).join(' · ')}</span>
            {me.demo ? <span>{t('shell.demo')}</span> : null}
          </div>
        }
        groups={[
          {
            title: t('shell.theme'),
            items: themes.map((one) => ({
              id: `theme:${one}`,
              text: t(`theme.${one}`),
              on: one === look,
            })),
          },
          { title: t('shell.language'), items: languages.map(speaks) },
          {
            items: [
              ...foot.map(({ path, text, icon }) => ({ id: `go:${path}`, text, icon })),
              { id: 'password', text: t('shell.password') },
              { id: 'out', text: t('shell.signout'), icon: iLeave },
            ],
          },
        ]}
        trigger={
          <AriaButton className={css.account} aria-label={`${t('shell.account')} ${name}`}>
            <Avatar name={name} photo={photo} />
          </AriaButton>
        }
      />
    </>
  );
});

/** The head of a page: its title, what filters it, its one filled button at the end. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className={css.head}>
      <h1>{title}</h1>
      {children}
    </header>
  );
}
