/** My level, what fits it, one product, the questionnaire: the client's way to products, always with a guide. */
import { useCallback, useEffect, useState } from 'react';
import { serverNow } from '../../../core/clock';
import { isoDay } from '../../../core/format';
import { language } from '../../../core/i18n';
import { speak, t } from '../../../locales/suit';
import { Icon } from '../../../ui/Icon';
import { iRight } from '../../../ui/icons';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Mine } from '../mine/Mine';
import { Press, Refusal } from '../parts';
import { type Product, type Standing, shelf, standing, withdraw } from './data';
import { ProductPage } from './ProductPage';
import { Professional } from './Professional';
import { Quiz } from './Quiz';
import own from './suit.module.css';

/** So long before, whoever is professional is reminded of his proofs. */
const SOON_MS = 30 * 86_400_000;

export function Suitability({ client }: { client: Client }) {
  const [words, setWords] = useState('');
  const spoken = language();
  useEffect(() => {
    void speak(spoken).then(() => setWords(spoken));
  }, [spoken]);
  if (words !== spoken) return null;
  return <Screen client={client} />;
}

function Screen({ client }: { client: Client }) {
  const [quiz, setQuiz] = useState(false);
  const [mine, setMine] = useState(false);
  const [pro, setPro] = useState(false);
  const { product } = client;
  if (mine) return <Mine client={client} />;
  if (pro) return <Professional client={client} onDone={() => setPro(false)} />;
  if (quiz) return <Quiz client={client} onDone={() => setQuiz(false)} />;
  if (product) {
    return (
      <ProductPage
        key={product.id}
        client={client}
        onAssess={() => setQuiz(true)}
        onMine={() => setMine(true)}
      />
    );
  }
  return (
    <Shelf
      client={client}
      onAssess={() => setQuiz(true)}
      onMine={() => setMine(true)}
      onPro={() => setPro(true)}
    />
  );
}

function Shelf(props: {
  client: Client;
  onAssess: () => void;
  onMine: () => void;
  onPro: () => void;
}) {
  const { client, onAssess, onMine, onPro } = props;
  const [mine, setMine] = useState<Standing | null>(null);
  const [items, setItems] = useState<Product[]>([]);
  const [sure, setSure] = useState(false);
  const load = useCallback(
    () =>
      client.attempt(async () => {
        setMine(await standing());
        setItems((await shelf()).items);
      }),
    [client],
  );
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <div className={css.scroll}>
      <h1 className="visually-hidden">{t('title')}</h1>
      {mine ? (
        <section className={css.card}>
          <Level mine={mine} />
          {mine.attempts_left ? (
            <Press kind={mine.level ? 'plain' : 'primary'} onPress={onAssess}>
              {t(mine.state === 'never' ? 'level.take' : 'level.again')}
              <small className={mine.level ? css.soft : ''}>
                {t('level.left', { n: mine.attempts_left })}
              </small>
            </Press>
          ) : null}
          {mine.state === 'valid' ? (
            <Press
              kind="ghost"
              onPress={() => {
                if (!sure) setSure(true);
                else void client.attempt(withdraw).then(() => void load());
              }}
            >
              {t(sure ? 'level.withdraw.sure' : 'level.withdraw')}
            </Press>
          ) : null}
        </section>
      ) : null}
      <Refusal problem={client.problem} />
      {mine?.level || mine?.category === 'professional' ? (
        <>
          <h2 className={css.head}>{t('shelf.title')}</h2>
          {items.length ? (
            <ul className={css.list}>
              {items.map((one) => (
                <li key={one.id}>
                  <button
                    type="button"
                    className={css.line}
                    onClick={() => client.look(one.id, false)}
                  >
                    <Risk level={one.risk} />
                    <span className={css.grow}>{one.name}</span>
                    <Icon of={iRight} size={16} />
                  </button>
                </li>
              ))}
            </ul>
          ) : null}
          <p className={css.soft}>{t(items.length ? 'shelf.note' : 'shelf.none')}</p>
        </>
      ) : null}
      <ul className={css.list}>
        <li>
          <button type="button" className={css.line} onClick={onPro}>
            <span className={css.grow}>{t('pro.title')}</span>
            {mine?.professional_until && mine.professional_until - serverNow() < SOON_MS ? (
              <small className={css.soft}>{t('pro.soon')}</small>
            ) : null}
            <Icon of={iRight} size={16} />
          </button>
        </li>
        <li>
          <button type="button" className={css.line} onClick={onMine}>
            <span className={css.grow}>{t('mine')}</span>
            <Icon of={iRight} size={16} />
          </button>
        </li>
      </ul>
    </div>
  );
}

/** The level with its expiry, or why there is none. */
export function Level({ mine }: { mine: Standing }) {
  const professional = mine.category === 'professional' && mine.professional_until;
  return (
    <div>
      <p className={css.soft}>{t(mine.level ? 'level.mine' : 'level.none')}</p>
      {mine.level ? (
        <p className={own.level}>
          {mine.level}
          {mine.lowest ? <small>{t('level.lowest')}</small> : null}
        </p>
      ) : null}
      {mine.state === 'valid' && mine.expires_at ? (
        <p className={css.soft}>{t('level.until', { date: isoDay(mine.expires_at) })}</p>
      ) : mine.state === 'valid' ? null : (
        <p>{t(`level.${mine.state}`)}</p>
      )}
      {professional ? <p>{t('level.professional', { date: isoDay(professional) })}</p> : null}
    </div>
  );
}

/** `R2` with a five-step meter: letter and number carry the meaning, the bars repeat it. */
export function Risk({ level }: { level: string }) {
  const steps = Number(level.slice(1)) || 0;
  return (
    <span className={own.risk}>
      {level}
      <span className={own.meter} aria-hidden="true">
        {[1, 2, 3, 4, 5].map((step) => (
          <i key={step} className={step <= steps ? own.full : ''} />
        ))}
      </span>
    </span>
  );
}
