/** The widget's frame: opened by the launcher on a broker's page. */
import { open } from './open';

void open('frame');
