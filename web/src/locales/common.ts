/** The translator for parts that every staff application has. */
import { texts } from '../core/i18n';
import type chat from './zh-CN/chat';
import type common from './zh-CN/common';

export const t = texts<typeof common & typeof chat>();
