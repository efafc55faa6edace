/** When to take a conversation up again: a few moments that fit the trading day, or one of one's own. */
import { useState } from 'react';
import { serverNow } from '../../../core/clock';
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/desk';
import { Button, Dialog } from '../../../ui';
import css from './dialogs.module.css';
import { setAside } from './later';
import { Moments } from './Moments';

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
      setProblem(known ? error.detail : t('offline.title'));
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
          <Button kind="primary" type="submit" form="moment" isDisabled={busy || !own}>
            {t('later.set')}
          </Button>
        </>
      }
    >
      <p className={css.text}>{t('later.text')}</p>
      <Moments
        now={now}
        busy={busy}
        own={own}
        problem={problem}
        first
        onOwn={setOwn}
        onChoose={(at) => void choose(at)}
      />
    </Dialog>
  );
}
