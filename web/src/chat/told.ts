/** What the platform itself told in a conversation, in the reader's words. */
import { isoDay } from '../core/format';
import { lookup, named } from '../core/i18n';
import type { Person, SystemBody } from '../core/protocol';
import { t } from '../locales/chat';

/** The sentence of a system entry; people whom the reader knows are named as the reader's language does. */
export function told(body: Partial<SystemBody>, people?: readonly Person[]): string {
  const { code = 'other', params = {} } = body;
  const values: typeof params = { ...params };
  if (params.at) values.on = isoDay(Number(params.at));
  for (const whose of ['', 'successor_']) {
    if (!params[`${whose}name`]) continue;
    const [name, name_en] = ['name', 'name_en'].map((key) => String(params[whose + key] ?? ''));
    const known = people?.find((one) => one.id === params[`${whose}person`]);
    values[`${whose}name`] = named(known ?? { name: name as string, name_en });
  }
  return lookup(`system.${code}`, values) ?? t('system.other');
}
