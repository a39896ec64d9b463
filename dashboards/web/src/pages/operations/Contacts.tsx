// Whom to call, on the page where it is decided that somebody must be.
import { municipalityName, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Empty, Shown } from '../../parts/Shown';
import { now } from '../../time';
import { useGet } from '../../use';
import type { MunicipalityView } from './answers';
import { called, contactsOf, inOrder, type Callee, type Register } from './calls';

const SHOWN_MAX = 12;

export function ContactList({ contacts }: { contacts: readonly Callee[] }) {
	const { directory } = useWorld();
	if (contacts.length === 0) return <Empty>{t('contacts.none')}</Empty>;
	const list = (some: readonly Callee[]) => <ol class="contacts">{some.map((one) => <li key={one.key}>
		<strong>{called(one)}</strong>{one.municipality && <span class="muted"> {municipalityName(directory, one.municipality)}</span>}
		<div>{one.phone && <a href={`tel:${one.phone.replace(/[^+\d]/g, '')}`}>{one.phone}</a>} {one.mail && <a href={`mailto:${one.mail}`}>{one.mail}</a>}</div>
		{one.hours && <div class="muted">{one.hours}</div>}
	</li>)}</ol>;
	const sorted = inOrder(contacts);
	return <>
		{list(sorted.slice(0, SHOWN_MAX))}
		{sorted.length > SHOWN_MAX && <details><summary>{t('contacts.more', { n: sorted.length - SHOWN_MAX })}</summary>{list(sorted.slice(SHOWN_MAX))}</details>}
	</>;
}

/** A municipality's people see their own contacts and everybody's; VGR's those of the municipalities that are hit. */
export function Contacts({ municipalities }: { municipalities: readonly string[] }) {
	const { me } = useWorld();
	const register = useGet<Register>(me.municipality === null ? '/registers/contacts?limit=5000' : null);
	const own = useGet<MunicipalityView>(me.municipality === null ? null : `/municipalities/${me.municipality}`);
	return me.municipality === null ? <Shown of={register} lines={3}>{(data) => <ContactList contacts={contactsOf(data.rows, municipalities, now())} />}</Shown>
		: <Shown of={own} lines={3}>{(data) => <ContactList contacts={data.contacts} />}</Shown>;
}
