/** Ends a conversation: the client may rate it; a new word of his opens it again. */
import { useState } from 'react';
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/desk';
import { Button, Dialog, toast } from '../../../ui';
import { api } from '../../session';
import { refresh } from '../data';
import css from './dialogs.module.css';

export function CloseDialog(props: {
  id: string;
  name: string;
  onClose: () => void;
  onClosed: () => void;
}) {
  const { id, name, onClose, onClosed } = props;
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const close = async () => {
    setBusy(true);
    try {
      await api.post(`/api/conversations/${id}/close`);
      refresh('conversations', 'conversation', 'presence');
      toast(t('close.done', { name }));
      onClosed();
    } catch (error) {
      setProblem(
        error instanceof ApiError && error.code !== 'network' ? error.detail : t('offline.title'),
      );
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('close.title', { name })}
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" isDisabled={busy} onPress={close} autoFocus>
            {t('head.close')}
          </Button>
        </>
      }
    >
      <p className={css.text}>{t('close.text')}</p>
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
    </Dialog>
  );
}
