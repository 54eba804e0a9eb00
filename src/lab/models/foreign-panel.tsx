/** What was asked of other hosts in this visit: each address with when and why. */
import { count } from '../figures';
import { LANGUAGE_TAGS, say, spoken } from '../language/language';
import { Empty, Panel } from '../shell/panel';
import { Scroll } from '../shell/scroll';
import type { ForeignRequest } from '../state/foreign-requests';

export function ForeignPanel({ requests }: { readonly requests: readonly ForeignRequest[] }) {
  return (
    <Panel
      title={say('Asked of other hosts in this visit')}
      className="foreign"
      note={say(
        'Everything else comes from the site itself. Each request is listed before it is sent; nothing of yours is in it but the address.',
      )}
    >
      {requests.length === 0 ? (
        <Empty>{say('No other host was asked.')}</Empty>
      ) : (
        <Scroll className="foreign-list" label={say('Requests to other hosts')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say('Time')}</th>
                <th scope="col">{say('Host and address')}</th>
                <th scope="col">{say('Why')}</th>
              </tr>
            </thead>
            <tbody>
              {requests.map(({ at, host, address, why, times }) => (
                <tr key={`${address} ${why}`}>
                  <td className="number">{clock(at)}</td>
                  <td translate="no">
                    <strong>{host}</strong>
                    <br />
                    <span className="quiet foreign-address">{address}</span>
                  </td>
                  <td>
                    <span lang="en">{why}</span>
                    {times > 1 && (
                      <span className="quiet"> · {count(times, 'time§of repeating', 'times')}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}

/** To the second: what was asked in a visit lies close together. */
function clock(at: number): string {
  return new Date(at).toLocaleTimeString(LANGUAGE_TAGS[spoken()], { hour12: false });
}
