/** The frame of a staff application: dark rail on wide screens, tab bar below on phones, account menu. */
import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Header } from 'react-aria-components/Header';
import { Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { type Language, language, named } from '../core/i18n';
import { chooseTheme, type Theme, theme } from '../core/prefs';
import { t } from '../locales/common';
import { Avatar, Badge, Icon, Link, Mark, navigate, useHere } from '../ui';
import { iCheck, iLeave, iMore } from '../ui/icons';
import layer from '../ui/overlays.module.css';
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
    <MenuTrigger>
      <AriaButton className={css.place} aria-current={on ? 'page' : undefined}>
        <Icon of={iMore} />
        <span>{t('shell.more')}</span>
      </AriaButton>
      <Popover className={layer.popover} placement="top end">
        <AriaMenu
          aria-label={t('shell.more')}
          className={layer.menu}
          onAction={(key) => navigate(String(key))}
        >
          {list.map((place) => (
            <MenuItem
              key={place.path}
              id={place.path}
              textValue={place.text}
              className={layer.item}
            >
              <Icon of={place.icon} size={16} />
              {place.text}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
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
      <MenuTrigger onOpenChange={(open) => open && setLook(theme())}>
        <AriaButton className={css.account} aria-label={`${t('shell.account')} ${name}`}>
          <Avatar name={name} photo={photo} />
        </AriaButton>
        <Popover className={layer.popover} placement="right bottom">
          <div className={css.who}>
            <b>{name}</b>
            <span>{me.roles.map((role) => t(`role.${role}` as 'role.advisor')).join(' · ')}</span>
            {me.demo ? <span>{t('shell.demo')}</span> : null}
          </div>
          <AriaMenu
            aria-label={t('shell.account')}
            className={layer.menu}
            onAction={(key) => act(String(key))}
          >
            <MenuSection>
              <Header className={layer.group}>{t('shell.theme')}</Header>
              {themes.map((one) => (
                <Item key={one} id={`theme:${one}`} text={t(`theme.${one}`)} on={one === look} />
              ))}
            </MenuSection>
            <MenuSection>
              <Header className={layer.group}>{t('shell.language')}</Header>
              <Item id="language:zh-CN" text="中文" on={language() === 'zh-CN'} />
              <Item id="language:en" text="English" on={language() === 'en'} />
            </MenuSection>
            {foot.map((place) => (
              <MenuItem
                key={place.path}
                id={`go:${place.path}`}
                textValue={place.text}
                className={layer.item}
              >
                <Icon of={place.icon} size={16} />
                {place.text}
              </MenuItem>
            ))}
            <MenuItem id="password" textValue={t('shell.password')} className={layer.item}>
              {t('shell.password')}
            </MenuItem>
            <MenuItem id="out" textValue={t('shell.signout')} className={layer.item}>
              <Icon of={iLeave} size={16} />
              {t('shell.signout')}
            </MenuItem>
          </AriaMenu>
        </Popover>
      </MenuTrigger>
    </>
  );
});

function Item({ id, text, on }: { id: string; text: string; on: boolean }) {
  return (
    <MenuItem id={id} textValue={text} className={layer.item}>
      <span className={layer.grow}>{text}</span>
      {on ? <Icon of={iCheck} size={16} /> : null}
    </MenuItem>
  );
}

/** The head of a page: its title, what filters it, its one filled button at the end. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className={css.head}>
      <h1>{title}</h1>
      {children}
    </header>
  );
}
