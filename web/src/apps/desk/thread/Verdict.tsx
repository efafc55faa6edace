/** What supervision says about the words in the box: advise in amber, stop in red, always with the next lawful step. */

import type { Verdict } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { Button, Icon } from '../../../ui';
import { iShield, iWarn } from '../../../ui/icons';
import css from './Composer.module.css';

export function VerdictBar({ verdict, onRewrite }: { verdict: Verdict; onRewrite: () => void }) {
  const [policy] = verdict.policies;
  const wording = verdict.policies.find((one) => one.alternative)?.alternative;
  const blocked = verdict.action === 'block';
  return (
    <div
      className={`${css.verdict} ${blocked ? css.stop : css.nudge}`}
      role={blocked ? 'alert' : 'status'}
    >
      <Icon of={blocked ? iWarn : iShield} />
      <div className={css.says}>
        <b title={policy ? t('verdict.rule', { id: policy.id }) : undefined}>
          {t(`verdict.${verdict.action as 'nudge'}`, { title: policy?.title ?? '' })}
        </b>
        {policy?.reason ? <p className={css.detail}>{policy.reason}</p> : null}
        {wording ? <p className={css.detail}>{t('verdict.instead', { text: wording })}</p> : null}
      </div>
      {wording ? (
        <Button kind={blocked ? 'primary' : 'plain'} onPress={onRewrite} className={css.rewrite}>
          {t('verdict.rewrite')}
          <kbd>{'Ctrl .'}</kbd>
        </Button>
      ) : null}
    </div>
  );
}
