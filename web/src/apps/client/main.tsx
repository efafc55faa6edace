/** The client's page at full screen: the same frame without a launcher around it. */
import { open } from '../../widget/frame/open';

void open('page');
