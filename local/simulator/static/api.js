// The simulator's endpoints, as functions.

async function json(path, method = "GET", body = undefined) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

export const offices = async () => (await json("/simulator/offices")).body.offices;

export const conversation = async (office, identity) =>
  (await json(`/simulator/conversation?${new URLSearchParams({ office, with: identity })}`)).body.items;

export const clock = async () => (await json("/simulator/clock")).body;

export const setClock = (now) => json("/simulator/clock", "PUT", { now });

export const write = (message) => json("/simulator/inbound", "POST", message);

export const events = (office, identity) =>
  new EventSource(`/simulator/events?${new URLSearchParams({ office, to: identity })}`);
