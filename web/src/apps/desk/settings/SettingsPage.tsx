/** How the desk looks, sounds and is reached on this device, and how much I take at once. */
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../../../core/http';
import { language, named } from '../../../core/i18n';
import {
  chooseDensity,
  chooseTheme,
  type Density,
  density,
  type Theme,
  theme,
} from '../../../core/prefs';
import { t } from '../../../locales/desk';
import { Button, Parts, Segmented } from '../../../ui';
import { Switch } from '../../../ui/Fields';
import { iList } from '../../../ui/icons';
import { Select } from '../../../ui/Select';
import { PageHead } from '../../Shell';
import { signOut, useMe } from '../../session';
import { speak } from '../../start';
import { usePresence } from '../data';
import {
  chimes,
  chooseChimes,
  chooseEnterSends,
  chooseSingleKeys,
  enterSends,
  singleKeys,
} from '../keys/prefs';
import { say } from '../list/MyState';
import { type PushState, pushOff, pushOn, pushState } from '../push';
import css from './SettingsPage.module.css';

const themes: Theme[] = ['auto', 'light', 'dark', 'contrast'];
const densities: Density[] = ['auto', 'compact', 'touch'];
const MOST = 12;

export function SettingsPage({ onHelp }: { onHelp: () => void }) {
  const [, draw] = useState(0);
  const change = (act: () => void) => {
    act();
    draw((n) => n + 1);
  };
  return (
    <>
      <PageHead title={t('nav.settings')} />
      <div className={css.page}>
        <Capacity />
        <Group title={t('settings.look')}>
          <Line label={t('shell.language')}>
            <Segmented
              label={t('shell.language')}
              options={[
                { id: 'zh-CN', text: '中文' },
                { id: 'en', text: 'English' },
              ]}
              selected={language()}
              onSelect={(id) => speak(id as 'zh-CN' | 'en')}
            />
          </Line>
          <Line label={t('shell.theme')}>
            <Segmented
              label={t('shell.theme')}
              options={themes.map((id) => ({ id, text: t(`theme.${id}`) }))}
              selected={theme()}
              onSelect={(id) => change(() => chooseTheme(id as Theme))}
            />
          </Line>
          <Line label={t('settings.density')}>
            <Segmented
              label={t('settings.density')}
              options={densities.map((id) => ({ id, text: t(`density.${id}`) }))}
              selected={density()}
              onSelect={(id) => change(() => chooseDensity(id as Density))}
            />
          </Line>
        </Group>
        <Push />
        <Group title={t('settings.keys')}>
          <Switch isSelected={singleKeys()} onChange={(on) => change(() => chooseSingleKeys(on))}>
            {t('settings.singles')}
          </Switch>
          <Switch isSelected={enterSends()} onChange={(on) => change(() => chooseEnterSends(on))}>
            {t('settings.enter')}
          </Switch>
          <div>
            <Button icon={iList} onPress={onHelp}>
              {t('keys.title')}
            </Button>
          </div>
        </Group>
        <Group title={t('shell.account')}>
          <Account />
        </Group>
      </div>
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.group}>
      <h2 className={css.title}>{title}</h2>
      {children}
    </section>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={css.line}>
      <span>{label}</span>
      {children}
    </div>
  );
}

function Capacity() {
  const presence = usePresence();
  if (!presence.data) return null;
  const { status, capacity } = presence.data;
  return (
    <Group title={t('settings.work')}>
      <Line label={t('settings.capacity')}>
        <Select
          label={t('settings.capacity')}
          bare
          value={String(capacity)}
          onChange={(id) => void say(status, Number(id))}
          options={Array.from({ length: Math.max(MOST, capacity) }, (_, index) => ({
            id: String(index + 1),
            text: String(index + 1),
          }))}
        />
      </Line>
      <p className={css.note}>{t('settings.capacity.help')}</p>
    </Group>
  );
}

function Push() {
  const [state, setState] = useState<PushState | null>(null);
  const [problem, setProblem] = useState('');
  const [, draw] = useState(0);
  useEffect(() => {
    void pushState().then(setState);
  }, []);
  const turn = async (on: boolean) => {
    setProblem('');
    try {
      setState(await (on ? pushOn() : pushOff()));
    } catch (error) {
      setProblem(error instanceof ApiError ? error.detail : t('settings.push.failed'));
    }
  };
  return (
    <Group title={t('settings.notices')}>
      <Switch
        isSelected={state === 'on'}
        isDisabled={state === null || state === 'unsupported' || state === 'denied'}
        onChange={(on) => void turn(on)}
      >
        {t('settings.push')}
      </Switch>
      <p className={css.note}>
        {problem ||
          t(
            state === 'denied'
              ? 'settings.push.denied'
              : state === 'unsupported'
                ? 'settings.push.unsupported'
                : 'settings.push.help',
          )}
      </p>
      <Switch
        isSelected={chimes()}
        onChange={(on) => {
          chooseChimes(on);
          draw((n) => n + 1);
        }}
      >
        {t('settings.chime')}
      </Switch>
    </Group>
  );
}

function Account() {
  const me = useMe();
  return (
    <>
      <Line label={named(me)}>
        <span className={css.note}>
          <Parts of={[language() === 'en' ? (me.branch_en ?? me.branch) : me.branch, me.code]} />
        </span>
      </Line>
      <div>
        <Button onPress={() => void signOut()}>{t('shell.signout')}</Button>
      </div>
    </>
  );
}
