/** A member of staff changes his own password; every other session of his ends. */
import { type FormEvent, useState } from 'react';
import { ApiError } from '../core/http';
import { t } from '../locales/common';
import { Button, Dialog } from '../ui';
import { TextField } from '../ui/Fields';
import css from './PasswordDialog.module.css';
import { api } from './session';

const LEAST = 12;

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (password !== again) return setProblem(t('invited.differs'));
    setBusy(true);
    try {
      await api.post('/api/me/password', { current, password });
      // The session is another one now, and so is whatever hangs on it.
      location.reload();
    } catch (error) {
      setProblem(error instanceof ApiError ? error.detail : t('password.failed'));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('shell.password')}
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" type="submit" form="password" isDisabled={busy}>
            {t('shell.password')}
          </Button>
        </>
      }
    >
      <form id="password" className={css.form} onSubmit={(event) => void send(event)}>
        <TextField
          label={t('password.current')}
          type="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          isRequired
          autoFocus
        />
        <TextField
          label={t('password.new')}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          minLength={LEAST}
          isRequired
        />
        <TextField
          label={t('invited.again')}
          type="password"
          value={again}
          onChange={setAgain}
          autoComplete="new-password"
          isRequired
        />
        <p role="alert">{problem}</p>
      </form>
    </Dialog>
  );
}
