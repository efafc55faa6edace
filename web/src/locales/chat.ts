/** The translator for the parts of a conversation. */
import { texts } from '../core/i18n';
import type chat from './zh-CN/chat';

export const t = texts<typeof chat>();
