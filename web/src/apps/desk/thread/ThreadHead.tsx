/** Who is across: name, presence, level, how the firm has connected us; and what can be done with the conversation. */
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Avatar, Button, Chip, IconButton, LevelBadge, Menu, navigate, Parts } from '../../../ui';
import { iCheck, iClock, iId, iLeft, iMore, iPath, iSwap } from '../../../ui/icons';
import { useWide } from '../../../ui/useWide';
import { type Header, useRows } from '../data';
import { useLineState } from '../line';
import { stateName, topicName } from '../words';
import css from './ThreadHead.module.css';

export type Act = 'transfer' | 'later' | 'close' | 'why';

export function ThreadHead(props: {
  header: Header;
  onPanel?: () => void;
  onAct: (act: Act) => void;
}) {
  const { header, onPanel, onAct } = props;
  const desk = useWide(1024);
  const wide = useWide(768);
  const { client, may } = header;
  const closed = header.state === 'closed';
  const cut = useLineState() === 'offline';
  const rows = useRows('open');
  const presence = rows.data?.items.find((row) => row.id === header.id)?.presence ?? null;
  const menu = [
    ...(desk ? [] : [{ id: 'transfer', text: t('head.transfer'), icon: iSwap, keys: 'Alt T' }]),
    ...(desk ? [] : [{ id: 'later', text: t('head.later'), icon: iClock, keys: 'Alt M' }]),
    ...(desk ? [] : [{ id: 'close', text: t('head.close'), icon: iCheck, keys: 'Alt E' }]),
    { id: 'why', text: t('why.link'), icon: iPath },
  ].map((item) => ({
    ...item,
    keys: wide ? (item as { keys?: string }).keys : undefined,
    disabled:
      (item.id === 'transfer' && (cut || !may.transfer)) ||
      (item.id === 'later' && (cut || closed)) ||
      (item.id === 'close' && (cut || !may.close)),
  }));
  return (
    <header className={css.head}>
      {wide ? null : (
        <IconButton icon={iLeft} label={t('back')} onPress={() => navigate('/conversations')} />
      )}
      <Avatar
        name={named(client)}
        presence={presence}
        presenceLabel={presence ? t(`presence.${presence}`) : undefined}
      />
      <div className={css.who}>
        <div className={css.first}>
          <h2 className={css.name}>{named(client)}</h2>
          {client.level ? <LevelBadge level={client.level} /> : null}
          {client.environment && client.environment !== 'real' ? (
            <Chip tone="machine">{t(`environment.${client.environment}`)}</Chip>
          ) : null}
        </div>
        <p className={css.second}>
          {wide ? (
            <Parts
              of={[
                presence ? t(`presence.${presence}`) : null,
                header.topic ? topicName(header.topic) : null,
                header.connection ? stateName(header.connection.state) : null,
              ]}
            />
          ) : header.context?.title ? (
            t('ribbon.from', { title: header.context.title })
          ) : header.connection ? (
            stateName(header.connection.state)
          ) : null}
        </p>
      </div>
      {desk ? (
        <>
          <Button icon={iSwap} isDisabled={!may.transfer || cut} onPress={() => onAct('transfer')}>
            {t('head.transfer')}
          </Button>
          <Button icon={iClock} isDisabled={closed || cut} onPress={() => onAct('later')}>
            {t('head.later')}
          </Button>
          <Button icon={iCheck} isDisabled={!may.close || cut} onPress={() => onAct('close')}>
            {t('head.close')}
          </Button>
        </>
      ) : null}
      {onPanel ? (
        wide ? (
          <Button icon={iId} onPress={onPanel}>
            {t('head.panel')}
          </Button>
        ) : (
          <IconButton icon={iId} label={t('head.panel')} onPress={onPanel} />
        )
      ) : null}
      <Menu
        label={t('head.more')}
        trigger={<IconButton icon={iMore} label={t('head.more')} />}
        items={menu}
        onAction={(act) => onAct(act as Act)}
      />
    </header>
  );
}
