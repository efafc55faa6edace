/** Runs before the console's own script has arrived: look, words, and the answers that the first screen needs. */
import { askFor, warm } from '../../core/early';
import { applyTheme, chosenLanguage } from '../../core/prefs';
import { load } from '../../locales/console';

applyTheme();
void load[chosenLanguage()]();
void askFor();
// Most come for the board.
if (location.pathname === '/console/board') void import('./Board').catch(() => undefined);
warm();
