/* The protocol of one case whose original is a ticket: hand over, then erase, by two workers who may crash anywhere,
 * with lost and late answers, rights that come and go, a person's hold, and somebody adding to the original.
 * docs/protocol.md maps every step to its code. Invariants 2 to 5 are the assertions.
 *
 * Weakened variants, each of which must fail: -DNO_CONTROL (a denial alone counts), -DRECEIPT_FIRST (the receipt of the
 * hand-over is written before the act), -DNO_REREAD (the original is not compared in the erasing queue),
 * -DNO_WAIT (sent again before the server's time-out is over).
 */
#define NOBODY 0

/* the journal */
byte lease = NOBODY;
bool sent, receipt_handover, receipt_read, receipt_erased;
bool verified, held;

/* OTRS */
byte handovers = 0;      /* tickets of this BridgeRef that exist */
byte late = 0;           /* creates that the server may still carry out though their answers are lost */
bool original = true;    /* the ticket exists */
bool erasing_queue;      /* … and lies in the erasing queue */
bool added;              /* somebody added to it after it was handed over */
bool right_erasing = true;   /* the bridge may read the erasing queue */

/* people and time */
bool hold;
byte in_act = 0;         /* workers between a lease check and the end of their act */

/* kill -9, as often as you like: what is local is gone, the lease stays until it runs out, a new process starts. Where
 * nothing has happened since the last receipt, a crash is the same as a lease that ran out, which World does anyway. */
inline crash() { if :: goto again :: skip fi }

/* claims.renew: one conditional update; whoever finds the lease gone, or the case held, stops. */
inline still() { atomic { if :: lease == me && !held -> skip :: else -> goto again fi } }
inline acted() { in_act-- }
inline crash_in_act() { if :: atomic { acted(); goto again } :: skip fi }

/* TicketGet: gone, never was and hidden look the same. */
#define READABLE (original && (!erasing_queue || right_erasing))

#ifdef NO_CONTROL
#define CONTROL true
#else
#define CONTROL right_erasing
#endif

proctype Worker(byte me)
{
again:
    if
    :: verified || held -> goto end
    :: atomic { lease == NOBODY -> lease = me }        /* claims.claim */
    fi;

    /* ---- hand over: probe, act, verify, receipt (act/runner.py, act/create.py) ---- */
    if
    :: receipt_handover -> goto erase
    :: else -> skip
    fi;
    if
    :: sent ->
        still();
        if                                             /* find_by_field(BridgeRef) */
        :: handovers > 0 -> atomic { handovers = 1; goto have }   /* twins are erased (act/twins.py) */
#ifdef NO_WAIT
        :: handovers == 0 -> skip
#else
        :: handovers == 0 && late == 0 && in_act == 0 -> skip     /* the server's time-out is surely over */
        :: handovers == 0 && (late > 0 || in_act > 0) -> goto release
#endif
        fi
    :: else -> skip
    fi;
    atomic {                                           /* one transaction: renewal and `sent` */
        if :: lease == me && !held -> in_act++; sent = true :: else -> goto again fi
    };
#ifdef RECEIPT_FIRST
    receipt_handover = true;
#endif
    crash_in_act();
    if                                                 /* TicketCreate */
    :: atomic { handovers++; acted() }                 /* done and answered */
    :: atomic { handovers++; acted() } goto release    /* done, the answer is lost */
    :: atomic { late < 2 -> late++; acted() } goto release         /* the answer is lost, done later */
    :: atomic { sent = false; acted() } goto release   /* refused: surely not done */
    fi;
have:
    crash();
    receipt_handover = true;

    /* ---- erase by control ticket (act/erase.py, erasure/ticket.py) ---- */
erase:
    if
    :: receipt_read -> goto send
    :: else -> skip
    fi;
    still();
    if
    :: atomic { hold -> held = true; goto end }
    :: atomic { !hold && !READABLE -> goto release }   /* original-hidden: unverifiable, again later */
    :: atomic { !hold && READABLE && added && !erasing_queue -> held = true; goto end }  /* changed-since-hand-over */
    :: atomic { else -> skip }
    fi;
    atomic {
        if :: lease == me && !held -> skip :: else -> goto again fi;
        if :: original -> erasing_queue = true :: else -> skip fi
    };
    crash();
    if
    :: !READABLE -> goto release                       /* hidden-after-move */
    :: else -> skip
    fi;
#ifndef NO_REREAD
    if
    :: added -> atomic { erasing_queue = false; held = true; goto end }   /* moved back, held */
    :: else -> skip
    fi;
#endif
    receipt_read = true;
send:
    if
    :: receipt_erased -> goto look
    :: else -> skip
    fi;
    atomic {
        if :: lease == me && !held -> skip :: else -> goto again fi;
        if
        :: hold -> held = true; goto end
        :: !hold && original && right_erasing ->
            assert(handovers > 0);                     /* 2: nothing is lost */
            assert(receipt_handover && receipt_read);  /* 4: receipts before erasing */
            assert(!added);                            /* 4: what was added is not erased unseen */
            if :: original = false :: skip fi          /* the erasing job ran, or is off */
        :: !hold && !(original && right_erasing) -> goto release   /* denied-before-erase: unverifiable */
        fi
    };
    crash();
    receipt_erased = true;
look:
    atomic {                                            /* denied, and right after that the control ticket */
        if
        :: READABLE -> receipt_erased = false           /* failed: the field is set again */
        :: !READABLE && CONTROL && receipt_read && receipt_erased ->
            assert(!original);                          /* 5: gone is proved */
            verified = true; goto end
        :: else -> skip                                 /* unverifiable */
        fi
    };

release:
    atomic { if :: lease == me -> lease = NOBODY :: else -> skip fi };
    goto again;
end:
    atomic { if :: lease == me -> lease = NOBODY :: else -> skip fi }
}

/* Time, people and the server, as unkind as they can be. */
active proctype World()
{
    do
    :: atomic { lease != NOBODY -> lease = NOBODY }            /* a lease runs out, whoever has it */
    :: atomic { late > 0 -> late--; handovers++ }              /* a late create takes effect */
    :: atomic { right_erasing -> right_erasing = false }
    :: atomic { !right_erasing -> right_erasing = true }
    :: atomic { original && !erasing_queue && !added -> added = true }   /* nobody else has rights in the erasing queue */
    :: atomic { !hold -> hold = true }
    :: verified && late == 0 -> assert(handovers == 1); break            /* 3: no lasting double */
    :: held -> break
    od
}

init {
    atomic {
        run Worker(1);
        run Worker(2)
    }
}
