/** Runs before the console's own script has arrived: look, words, and the answers that the first screen needs. */
import { askFor, warm } from '../../core/early';
import { applyTheme, chosenLanguage } from '../../core/prefs';
import { load } from '../../locales/console';

applyTheme();
void load[chosenLanguage()]();
// Most come for the board.
if (location.pathname === '/console/board') {
  void askFor(['/api/board?environment=real']);
  void import('./Board').catch(() => undefined);
} else void askFor();
warm();
