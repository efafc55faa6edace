/** The way in for staff: password, then one-time code; or the firm's own identity provider; or an invitation. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { client, data, type Schema } from '../api/client';
import { ApiError } from '../core/http';
import { type Language, language, named } from '../core/i18n';
import { t } from '../locales/common';
import { Button, Code, LinkButton, Mark } from '../ui';
import { TextField } from '../ui/Fields';
import css from './SignIn.module.css';
import { speak } from './start';

type Step = Schema<'StepOut'>;
type Done = Schema<'SignedInOut'>;

/** The demo's page of accounts links here with a sign-in to fill in: `#demo=login,password,code`. */
const [demoLogin = '', demoPassword = ''] = /^#demo=(.*)$/.test(location.hash)
  ? decodeURIComponent(location.hash.slice(6)).split(',')
  : [];
if (demoLogin) history.replaceState(null, '', location.pathname + location.search);

export function SignIn({ app, onDone }: { app: 'desk' | 'console'; onDone: () => void }) {
  const [step, setStep] = useState<Step | null>(null);
  const [recovery, setRecovery] = useState(false);
  const firm = useQuery({
    queryKey: ['firm'],
    queryFn: () => data(client.GET('/api/public/firm')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const invitation = new URLSearchParams(location.search).get('invitation');
  const other: Language = language() === 'en' ? 'zh-CN' : 'en';
  return (
    <div className={css.page}>
      <aside className={css.panel}>
        <span className={css.name}>
          <Mark onDark />
          Visavis
        </span>
        <span className={css.emblem}>
          <Mark size={392} onDark />
        </span>
        <p className={css.motto}>{t('motto.line')}</p>
        <p className={css.sub}>{t('motto.text')}</p>
      </aside>
      <main className={css.main}>
        <div className={css.form}>
          <header className={css.head}>
            {firm.data ? (
              <>
                <span className={css.seal} aria-hidden="true">
                  {[...named(firm.data.firm)][0]}
                </span>
                <b className={css.firm}>{named(firm.data.firm)}</b>
              </>
            ) : (
              <span className={css.firm} />
            )}
            <Button kind="ghost" onPress={() => speak(other)}>
              <span lang={other}>{other === 'en' ? 'English' : '中文'}</span>
            </Button>
          </header>
          {step ? (
            <Second
              step={step}
              recovery={recovery}
              onRecovery={setRecovery}
              onBack={() => setStep(null)}
              onDone={onDone}
            />
          ) : invitation ? (
            <Invitation token={invitation} onNext={setStep} />
          ) : (
            <First app={app} onNext={setStep} />
          )}
          <p className={css.foot}>
            {t('signin.recorded')} <a href="/verify">{t('signin.verify')}</a>
          </p>
        </div>
      </main>
    </div>
  );
}

/** A form that posts once, and shows the server's refusal above its button. */
function Post<T>(props: {
  title: string;
  text: string;
  send: () => Promise<T>;
  submit: string;
  check?: () => string | undefined;
  onDone: (answer: T) => void;
  children: ReactNode;
}) {
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = props.check?.();
    if (wrong) return setRefusal(wrong);
    setBusy(true);
    setRefusal('');
    try {
      props.onDone(await props.send());
    } catch (error) {
      setRefusal(
        error instanceof ApiError && error.code !== 'network' ? error.detail : t('offline.title'),
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={css.fields} onSubmit={send}>
      <div>
        <h1 className={css.title}>{props.title}</h1>
        <p className={css.text}>{props.text}</p>
      </div>
      {props.children}
      <p className={css.refusal} role="alert">
        {refusal}
      </p>
      <Button kind="primary" size="l" wide type="submit" isDisabled={busy}>
        {busy ? t('signin.busy') : props.submit}
      </Button>
    </form>
  );
}

function First({ app, onNext }: { app: 'desk' | 'console'; onNext: (answer: Step) => void }) {
  const [login, setLogin] = useState(demoLogin);
  const [password, setPassword] = useState(demoPassword);
  const providers = useQuery({
    queryKey: ['providers'],
    queryFn: () => data(client.GET('/api/sign-in/providers')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Post<Step>
        title={t(app === 'desk' ? 'signin.desk' : 'signin.console')}
        text={t('signin.roles')}
        send={() => data(client.POST('/api/sign-in', { body: { login: login.trim(), password } }))}
        submit={t('signin.submit')}
        onDone={onNext}
      >
        <TextField
          label={t('signin.login')}
          name="login"
          size="l"
          value={login}
          onChange={setLogin}
          autoComplete="username"
          isRequired
          autoFocus
        />
        <TextField
          label={t('signin.password')}
          name="password"
          size="l"
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          isRequired
        />
      </Post>
      {Array.isArray(providers.data) && providers.data.length ? (
        <>
          <p className={css.or}>{t('signin.or')}</p>
          {providers.data.map((one) => (
            <LinkButton key={one.id} size="l" wide href={`/api/oidc/${one.id}/start?to=/${app}/`}>
              {t('signin.provider', { name: one.name })}
            </LinkButton>
          ))}
        </>
      ) : null}
    </>
  );
}

function Second(props: {
  step: Step;
  recovery: boolean;
  onRecovery: (on: boolean) => void;
  onBack: () => void;
  onDone: () => void;
}) {
  const { step, recovery, onRecovery, onBack, onDone } = props;
  const [code, setCode] = useState(step.demo_code ?? '');
  const kind = step.step === 'enrol' ? 'enrol' : recovery ? 'recovery' : 'code';
  const [codes, setCodes] = useState<string[]>([]);
  const done = (answer: Done) =>
    answer.recovery_codes?.length ? setCodes(answer.recovery_codes) : onDone();
  if (codes.length) return <RecoveryCodes codes={codes} onDone={onDone} />;
  return (
    <>
      <Post<Done>
        key={kind}
        title={t(`signin.${kind}.title`)}
        text={t(`signin.${kind}.text`)}
        send={() => {
          const body = { challenge: step.challenge, code: code.trim() };
          return kind === 'recovery'
            ? data(client.POST('/api/sign-in/recovery', { body }))
            : data(client.POST('/api/sign-in/totp', { body }));
        }}
        submit={t('signin.confirm')}
        onDone={done}
      >
        {kind === 'enrol' && step.otpauth ? (
          <div className={css.secret}>
            {step.qr ? <img className={css.qr} src={step.qr} alt={t('signin.enrol.qr')} /> : null}
            <div>
              <span>{t('signin.enrol.secret')}</span>
              <Code>{step.secret?.replace(/(.{4})/g, '$1 ').trim()}</Code>
              <a href={step.otpauth}>{t('signin.enrol.open')}</a>
            </div>
          </div>
        ) : null}
        {step.demo_code ? <p className={css.demo}>{t('signin.demo.code')}</p> : null}
        <TextField
          label={t(kind === 'recovery' ? 'signin.recovery' : 'signin.code')}
          aside={kind === 'recovery' ? null : t('signin.code.help')}
          name="code"
          size="l"
          value={code}
          onChange={setCode}
          inputMode={kind === 'recovery' ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          maxLength={kind === 'recovery' ? 64 : 6}
          isRequired
          autoFocus
        />
      </Post>
      <div className={css.ways}>
        {kind === 'enrol' ? null : (
          <Button kind="ghost" onPress={() => onRecovery(!recovery)}>
            {t(recovery ? 'signin.code.back' : 'signin.code.recovery')}
          </Button>
        )}
        <Button kind="ghost" onPress={onBack}>
          {t('signin.again')}
        </Button>
      </div>
    </>
  );
}

/** Shown this once, before the application opens. */
function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <div className={css.fields}>
      <div>
        <h1 className={css.title}>{t('signin.codes.title')}</h1>
        <p className={css.text}>{t('signin.codes.text')}</p>
      </div>
      <ul className={css.codes}>
        {codes.map((code) => (
          <li key={code}>
            <Code>{code}</Code>
          </li>
        ))}
      </ul>
      <Button kind="primary" size="l" wide onPress={onDone}>
        {t('signin.codes.kept')}
      </Button>
    </div>
  );
}

function Invitation({ token, onNext }: { token: string; onNext: (answer: Step) => void }) {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  return (
    <Post<Step>
      title={t('invited.title')}
      text={t('invited.text')}
      send={() => data(client.POST('/api/invitations/accept', { body: { token, password } }))}
      submit={t('signin.confirm')}
      check={() => (password === again ? undefined : t('invited.differs'))}
      onDone={onNext}
    >
      <TextField
        label={t('signin.password')}
        size="l"
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        minLength={12}
        isRequired
        autoFocus
      />
      <TextField
        label={t('invited.again')}
        size="l"
        type="password"
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
        isRequired
      />
    </Post>
  );
}
