/** Words for codes of the server: topics, needs, reasons, constraints. Unknown codes are shown as they are. */

import { duration } from '../../core/format';
import { lookup } from '../../core/i18n';
import type { Offer } from '../../core/protocol';

export const topicName = (topic: string | null | undefined): string =>
  topic ? (lookup(`topic.${topic}`) ?? topic) : (lookup('topic.other') ?? '');

export const needName = (need: string): string => lookup(`need.${need}`) ?? need;

export const languageName = (language: string): string =>
  lookup(`speaks.${language.slice(0, 2)}`) ?? language;

/** What a reason says; seconds and days among its parameters are worded. */
export function whyText(why: Offer['why'][number]): string {
  const params: Record<string, string | number> = { ...why.params };
  if (typeof params.seconds === 'number') params.duration = duration(params.seconds);
  if (typeof params.topic === 'string') params.topic = topicName(params.topic);
  if (typeof params.need === 'string') params.need = needName(params.need);
  if (typeof params.language === 'string') params.language = languageName(params.language);
  return lookup(`why.${why.code}`, params) ?? why.code;
}

export const constraintName = (constraint: string): string =>
  lookup(`constraint.${constraint}`) ?? constraint;

export const stateName = (state: string): string => lookup(`connection.${state}`) ?? state;

export const basisName = (basis: string | null | undefined): string =>
  basis ? (lookup(`basis.${basis}`) ?? basis) : '–';

export const partName = (part: string): string => lookup(`part.${part}`) ?? part;

export const stageName = (stage: string | number): string =>
  lookup(`stage.${stage}`) ?? String(stage);
