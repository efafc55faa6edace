/** What I have written for later in the open conversation, and what was refused at its moment. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/desk';
import { t as own, speak } from '../../../locales/planned';
import { Icon, toast } from '../../../ui';
import { iClock, iWarn } from '../../../ui/icons';
import { useSpoken } from '../../spoken';
import { whenName } from './later';
import css from './OfflineBar.module.css';
import { type Planned, plannedOf, withdraw } from './planned';
import SendLater from './SendLater';

export default function PlannedBars({ id }: { id: string }) {
  const list = useQuery(plannedOf(id));
  const [changed, setChanged] = useState<Planned | null>(null);
  const spoken = useSpoken(speak);
  if (!spoken || !list.data?.items.length) return null;
  const take = async (one: Planned) => {
    try {
      await withdraw(one);
      if (one.state === 'waiting') toast(own('planned.withdrawn'));
    } catch (error) {
      const known = error instanceof ApiError && error.code !== 'network';
      toast(known ? error.detail : t('offline.title'));
    }
  };
  const close = () => setChanged(null);
  return (
    <>
      {list.data.items.map((one) => {
        const refused = one.state === 'refused';
        const text = refused ? one.detail : one.body.text || own('planned.card');
        return (
          <div key={one.id} className={`${css.bar} ${refused ? '' : css.calm}`} role="status">
            <Icon of={refused ? iWarn : iClock} size={16} />
            <span className={css.text}>
              {own(refused ? 'planned.refused' : 'planned.at', {
                when: whenName(one.send_at),
                text: text.length > 80 ? `${text.slice(0, 80)}…` : text,
              })}
            </span>
            <span className={css.space} />
            <button type="button" className={css.again} onClick={() => setChanged(one)}>
              {own('planned.change')}
            </button>
            <button type="button" className={css.again} onClick={() => void take(one)}>
              {own(refused ? 'planned.discard' : 'planned.withdraw')}
            </button>
          </div>
        );
      })}
      {changed ? (
        <SendLater
          conversation={id}
          body={changed.body}
          of={changed}
          onClose={close}
          onDone={close}
        />
      ) : null}
    </>
  );
}
