import { copyState, grown } from "../copy_state.ts";

/** Number of messages for which a ring has room at first. */
const FIRST_ROOM = 16;

/**
 * The messages that one end of a connection has sent to the other, in order. A message's cursors stay from its posting
 * until the receiver has handled it and it is completed at the sender. Positions count from the start of the
 * connection.
 */
export class MessageRing {
  /** Numbers of messages that were posted, have arrived, were handled by the receiver, were completed at the sender. */
  posted = 0;
  delivered = 0;
  handled = 0;
  completed = 0;
  #producer = new Float64Array(FIRST_ROOM);
  #consumer = new Float64Array(FIRST_ROOM);
  #blocked = new Uint8Array(FIRST_ROOM);

  /**
   * Adds a message.
   *
   * @param producer bytes that the sender has sent, including the data of this message
   * @param consumer bytes that the sender's application has read of the other direction
   * @param blocked 1: the sender had to stop at the end of the receiver's window
   */
  post(producer: number, consumer: number, blocked: number): void {
    if (this.posted - Math.min(this.handled, this.completed) === this.#producer.length) this.#grow();
    const slot = this.#slot(this.posted++);
    this.#producer[slot] = producer;
    this.#consumer[slot] = consumer;
    this.#blocked[slot] = blocked;
  }

  producer(position: number): number {
    return this.#producer[this.#slot(position)];
  }

  consumer(position: number): number {
    return this.#consumer[this.#slot(position)];
  }

  /** Sets the consumer cursor, which is known only when the message arrives. */
  setConsumer(position: number, consumer: number): void {
    this.#consumer[this.#slot(position)] = consumer;
  }

  blocked(position: number): number {
    return this.#blocked[this.#slot(position)];
  }

  /** Returns an exact copy. */
  fork(): MessageRing {
    const copy = new MessageRing();
    copyState(this, copy);
    copy.#producer = this.#producer.slice();
    copy.#consumer = this.#consumer.slice();
    copy.#blocked = this.#blocked.slice();
    return copy;
  }

  /** The length is a power of two. */
  #slot(position: number): number {
    return position % this.#producer.length;
  }

  #grow(): void {
    const room = this.#producer.length;
    const first = Math.min(this.handled, this.completed);
    const producer = grown(this.#producer, 2 * room);
    const consumer = grown(this.#consumer, 2 * room);
    const blocked = grown(this.#blocked, 2 * room);
    for (let position = first; position < this.posted; position++) {
      const from = position % room;
      const to = position % (2 * room);
      producer[to] = this.#producer[from];
      consumer[to] = this.#consumer[from];
      blocked[to] = this.#blocked[from];
    }
    this.#producer = producer;
    this.#consumer = consumer;
    this.#blocked = blocked;
  }
}
