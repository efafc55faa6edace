/** When a message is to go: a moment that fits the trading day, or one of one's own; its words may still be changed. */
import { useState } from 'react';
import { serverNow } from '../../../core/clock';
import { ApiError } from '../../../core/http';
import type { Body } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { t as own, speak } from '../../../locales/planned';
import { Button, Dialog, toast } from '../../../ui';
import { TextField } from '../../../ui/Fields';
import { useSpoken } from '../../spoken';
import css from './dialogs.module.css';
import { whenName } from './later';
import { Moments } from './Moments';
import { type Planned, plan, replan } from './planned';

/** What an input of date and time shows, in the browser's zone. */
const local = (at: number): string =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export default function SendLater(props: {
  conversation: string;
  body: Body;
  /** The message that is changed, where it is not a new one. */
  of?: Planned;
  onClose: () => void;
  onDone: () => void;
}) {
  const { conversation, of, onClose, onDone } = props;
  const [now] = useState(serverNow);
  const [words, setWords] = useState(props.body.text ?? '');
  const [chosen, setChosen] = useState(of && of.send_at > now ? local(of.send_at) : '');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const spoken = useSpoken(speak);
  if (!spoken) return null;
  const send = async (at: number) => {
    if (!(at > serverNow())) {
      setProblem(own('planned.wrong'));
      return;
    }
    setBusy(true);
    const body = { ...props.body, text: words.trim() };
    try {
      await (of ? replan(of, body, at) : plan(conversation, body, at));
      toast(own('planned.done', { when: whenName(at) }));
      onDone();
    } catch (error) {
      const known = error instanceof ApiError && error.code !== 'network';
      setProblem(known ? error.detail : t('offline.title'));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={own(of ? 'planned.edit' : 'planned.title')}
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" type="submit" form="moment" isDisabled={busy || !chosen}>
            {own(of ? 'planned.save' : 'planned.set')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p className={css.text}>{own('planned.text')}</p>
        <TextField label={own('planned.words')} value={words} onChange={setWords} rows={3} />
        <Moments
          now={now}
          busy={busy}
          own={chosen}
          problem={problem}
          onOwn={setChosen}
          onChoose={(at) => void send(at)}
        />
      </div>
    </Dialog>
  );
}
