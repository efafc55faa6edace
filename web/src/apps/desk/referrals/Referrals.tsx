/** The page of a partner's staff: codes to hand out, and that somebody came by them; never who (PART-01). */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { clock, isoDay } from '../../../core/format';
import { ApiError } from '../../../core/http';
import { t as desk } from '../../../locales/desk';
import { speak, t } from '../../../locales/referrals';
import { Button, Chip, Code, ErrorState, IconButton, Loading, PageState, toast } from '../../../ui';
import { TextField } from '../../../ui/Fields';
import { iDoc, iPeople, iPlus } from '../../../ui/icons';
import { PageHead } from '../../Shell';
import { api } from '../../session';
import { useSpoken } from '../../spoken';
import { queries } from '../../start';
import type { Page } from '../data';
import css from './Referrals.module.css';

interface MyCode {
  id: string;
  code: string;
  label: string;
  created_at: number;
}

interface Referral {
  code: string;
  at: number;
  state: 'referred' | 'connected';
}

const CODES = '/api/referral-codes';
const LONGEST = 60;
const useCodes = () =>
  useQuery({ queryKey: ['referral-codes'], queryFn: () => api.get<Page<MyCode>>(CODES) });
const useReferrals = () =>
  useQuery({ queryKey: ['referrals'], queryFn: () => api.get<Page<Referral>>('/api/referrals') });

export default function Referrals() {
  const spoken = useSpoken(speak);
  const codes = useCodes();
  const came = useReferrals();
  const failed = [codes, came].find((one) => one.isError && !one.data);
  return (
    <>
      <PageHead title={desk('nav.referrals')} />
      {failed ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : spoken && codes.data && came.data ? (
        <div className={css.page}>
          <p className={css.intro}>{t('referrals.intro')}</p>
          <Codes codes={codes.data.items} came={came.data.items} />
          <Ledger came={came.data.items} />
        </div>
      ) : (
        <Loading rows={5} />
      )}
    </>
  );
}

function Codes({ codes, came }: { codes: MyCode[]; came: Referral[] }) {
  const [label, setLabel] = useState('');
  const make = useMutation({
    mutationFn: () => api.post<MyCode>(CODES, { label: label.trim() }),
    onSuccess: () => setLabel(''),
    onSettled: () => queries.invalidateQueries({ queryKey: ['referral-codes'] }),
    onError: (error) => toast(error instanceof ApiError ? error.detail : desk('offline.title')),
  });
  return (
    <section className={css.card} aria-label={t('referrals.codes')}>
      <h2 className={css.title}>{t('referrals.codes')}</h2>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!make.isPending) make.mutate();
        }}
      >
        <TextField
          label={t('referrals.label')}
          placeholder={t('referrals.label.hint')}
          value={label}
          onChange={setLabel}
          maxLength={LONGEST}
        />
        <Button type="submit" kind="primary" icon={iPlus} isDisabled={make.isPending}>
          {t('referrals.make')}
        </Button>
      </form>
      {codes.length ? (
        <ul>
          {codes.map((one) => (
            <Line key={one.id} one={one} came={came.filter(({ code }) => code === one.code)} />
          ))}
        </ul>
      ) : (
        <PageState kind="empty" icon={iPlus} title={t('referrals.none')}>
          {t('referrals.none.text')}
        </PageState>
      )}
    </section>
  );
}

function Line({ one, came }: { one: MyCode; came: Referral[] }) {
  const { code } = one;
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => toast(t('referrals.copied', { code })),
      () => toast(t('referrals.copy.failed')),
    );
  const served = came.filter(({ state }) => state === 'connected').length;
  return (
    <li className={css.line}>
      <span className={css.words}>
        <b className={css.code}>{code}</b>
        <span className={css.sub}>
          {one.label ? `${one.label} · ` : ''}
          {t('referrals.made', { date: isoDay(one.created_at) })}
        </span>
      </span>
      <span className={css.count}>
        <b>{t('referrals.came', { n: came.length })}</b>
        <span className={css.sub}>{t('referrals.connected', { n: served })}</span>
      </span>
      <IconButton icon={iDoc} label={t('referrals.copy', { code })} onPress={copy} />
    </li>
  );
}

function Ledger({ came }: { came: Referral[] }) {
  return (
    <section className={css.card} aria-label={t('referrals.ledger')}>
      <h2 className={css.title}>{t('referrals.ledger')}</h2>
      {came.length ? (
        <>
          <p className={css.sub}>{t('referrals.ledger.text')}</p>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('referrals.when')}</th>
                <th scope="col">{t('referrals.code')}</th>
                <th scope="col">{t('referrals.state')}</th>
              </tr>
            </thead>
            <tbody>
              {came.map((one, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: who came has no name and no number
                <tr key={index}>
                  <td>{`${isoDay(one.at)} ${clock(one.at)}`}</td>
                  <td>
                    <Code>{one.code}</Code>
                  </td>
                  <td>
                    <Chip tone={one.state === 'connected' ? 'go' : undefined}>
                      {t(`referrals.state.${one.state}`)}
                    </Chip>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : (
        <PageState kind="empty" icon={iPeople} title={t('referrals.empty')}>
          {t('referrals.empty.text')}
        </PageState>
      )}
    </section>
  );
}
