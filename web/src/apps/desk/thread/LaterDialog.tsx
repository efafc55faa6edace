/** When to take a conversation up again: a few moments that fit the trading day, or one of one's own. */
import { useState } from 'react';
import { serverNow } from '../../../core/clock';
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/desk';
import { Button, Dialog } from '../../../ui';
import css from './dialogs.module.css';
import { momentAt, moments, setAside, whenName } from './later';

export function LaterDialog(props: {
  id: string;
  name: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const { id, name, onClose, onDone } = props;
  const [now] = useState(serverNow);
  const [own, setOwn] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const choose = async (until: number) => {
    if (!(until > serverNow())) {
      setProblem(t('later.wrong'));
      return;
    }
    setBusy(true);
    try {
      await setAside(id, name, until);
      onDone();
    } catch (error) {
      const known = error instanceof ApiError && error.code !== 'network';
      setProblem(
        !known ? t('offline.title') : error.status === 422 ? t('later.wrong') : error.detail,
      );
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('later.title')}
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={busy || !own}
            onPress={() => void choose(new Date(own).getTime())}
          >
            {t('later.set')}
          </Button>
        </>
      }
    >
      <p className={css.text}>{t('later.text')}</p>
      <ul className={css.people}>
        {moments.map((one, index) => {
          const until = momentAt(one, now);
          return (
            <li key={one}>
              <button
                type="button"
                className={css.person}
                disabled={busy}
                // biome-ignore lint/a11y/noAutofocus: the dialog is opened in order to choose
                autoFocus={index === 0}
                onClick={() => void choose(until)}
              >
                <span className={css.name}>{t(`later.${one}`)}</span>
                <span className={css.aside}>{whenName(until)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <label className={css.own}>
        <span>{t('later.own')}</span>
        <input
          type="datetime-local"
          value={own}
          onChange={(event) => setOwn(event.currentTarget.value)}
        />
      </label>
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
    </Dialog>
  );
}
