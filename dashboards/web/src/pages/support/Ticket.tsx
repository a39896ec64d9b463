// A ticket as a page of its own: what a link in a mail or another page leads to.
import { t } from '../../i18n';
import { Page } from '../../parts/Shell';
import { A } from '../../router';
import { TicketDetail } from './TicketDetail';

export function TicketPage({ id }: { id: string }) {
	return <Page title={t('ticket.title', { id })} aside={<A to="/arenden">{t('ticket.all')}</A>}><TicketDetail id={id} /></Page>;
}
