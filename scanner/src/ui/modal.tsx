import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { DETAILS } from "../texts.ts";
import { Icon } from "./icons.tsx";

type ModalProps = Omit<JSX.IntrinsicElements["dialog"], "ref" | "open"> & {
  /** Called on Escape or back; without it, neither closes the dialog. */
  onLeave?: () => void;
};

/** A dialog on top of everything. What is below can neither be touched nor read out meanwhile. */
export function Modal({ onLeave, ...attributes }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const opened = dialog.current!;
    opened.showModal();
    // Gives the focus back to where it came from.
    return () => opened.close();
  }, []);
  const stay = {
    onCancel: (event: Event) => event.preventDefault(),
    // Chrome closes it at the second Escape without asking.
    onClose: () => dialog.current?.showModal(),
  };
  return <dialog ref={dialog} {...(onLeave ? { onCancel: onLeave } : stay)} {...attributes} />;
}

/** A sheet with a title that the officer opened and can close. */
export function Sheet(props: { title: string; onLeave: () => void; children: ComponentChildren }) {
  return (
    <Modal class="sheet" aria-label={props.title} onLeave={props.onLeave}>
      <header>
        <h2>{props.title}</h2>
        <button type="button" class="plain" aria-label={DETAILS.close} onClick={props.onLeave}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </Modal>
  );
}
