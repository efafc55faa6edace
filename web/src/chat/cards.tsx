/** Cards and attachments inside a thread. */
import { type ReactNode, useEffect, useState } from 'react';
import { bytes } from '../core/format';
import type { Attachment, Card } from '../core/protocol';
import { t } from '../locales/chat';
import { Icon } from '../ui/Icon';
import { iBook, iDoc, iExt, iImg } from '../ui/icons';
import css from './cards.module.css';

export function Cards(props: {
  list: readonly Card[] | undefined;
  children: (card: Card) => ReactNode;
}) {
  if (!props.list?.length) return null;
  return (
    <>
      {props.list.map((card) => (
        <div key={keyOf(card)} className={css.place}>
          {props.children(card)}
        </div>
      ))}
    </>
  );
}

const keyOf = (card: Card): string =>
  card.kind === 'page' ? card.url : card.kind === 'product' ? card.product : card.entry;

const kindOf = (card: Card): string => {
  if (card.kind === 'page') return `${t('card.page')} · ${host(card.url)}`;
  const version = t('card.version', { n: card.version });
  if (card.kind === 'product') return `${t('card.product')} ${card.risk} · ${version}`;
  return `${t('card.knowledge')} · ${version}`;
};

/** A page of the broker's, a knowledge entry or a product, the latter two with their version. */
export function CardView({ card, onOpen }: { card: Card; onOpen?: (card: Card) => void }) {
  const page = card.kind === 'page';
  const inside = (
    <>
      <Icon of={page ? iExt : iBook} />
      <span className={css.words}>
        <span className={css.title}>{card.title}</span>
        {!page && card.excerpt ? <span className={css.excerpt}>{card.excerpt}</span> : null}
        {card.kind === 'product' && card.view ? (
          <span className={css.excerpt}>{card.view}</span>
        ) : null}
        <span className={css.kind}>{kindOf(card)}</span>
      </span>
    </>
  );
  if (page && /^https?:\/\//.test(card.url)) {
    return (
      <a className={css.card} href={card.url} target="_blank" rel="noopener noreferrer">
        {inside}
      </a>
    );
  }
  if (onOpen && !page) {
    return (
      <button type="button" className={css.card} onClick={() => onOpen(card)}>
        {inside}
      </button>
    );
  }
  return <div className={css.card}>{inside}</div>;
}

function host(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

export function Attachments(props: {
  list: readonly Attachment[] | undefined;
  source: (attachment: Attachment) => Promise<string>;
}) {
  if (!props.list?.length) return null;
  return (
    <div className={css.attachments}>
      {props.list.map((one) => (
        <AttachmentView key={one.id} attachment={one} source={props.source} />
      ))}
    </div>
  );
}

function AttachmentView(props: {
  attachment: Attachment;
  source: (attachment: Attachment) => Promise<string>;
}) {
  const { attachment, source } = props;
  const picture = attachment.type.startsWith('image/');
  const [url, setUrl] = useState('');
  useEffect(() => {
    let here = true;
    if (picture) {
      source(attachment).then(
        (found) => here && setUrl(found),
        () => undefined,
      );
    }
    return () => {
      here = false;
    };
  }, [attachment, picture, source]);
  const open = async () => {
    const link = document.createElement('a');
    link.href = url || (await source(attachment));
    link.rel = 'noopener';
    if (picture) link.target = '_blank';
    else link.download = attachment.name;
    link.click();
  };
  const ratio =
    attachment.width && attachment.height
      ? { aspectRatio: `${attachment.width} / ${attachment.height}` }
      : undefined;
  return (
    <button
      type="button"
      className={picture ? css.picture : css.file}
      aria-label={t('attachment.open', { name: attachment.name })}
      onClick={() => void open()}
    >
      {picture && url ? (
        <img src={url} alt={attachment.name} style={ratio} />
      ) : (
        <>
          <Icon of={picture ? iImg : iDoc} />
          <span className={css.words}>
            <span className={css.title}>{attachment.name}</span>
            <span className={css.kind}>{bytes(attachment.size)}</span>
          </span>
        </>
      )}
    </button>
  );
}
