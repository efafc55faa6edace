/** The catalogue of staff changes: hand-overs and the HR system's news; it comes with their page. */
import { beside } from '../core/beside';
import type own from './zh-CN/changes';

export const { t, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/changes'),
  en: () => import('./en/changes'),
});
