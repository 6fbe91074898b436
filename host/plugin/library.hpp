#pragma once

#include <memory>
#include <string>

#include <gantry/abi/plugin.h>

#include "host/plugin/verify.hpp"

namespace host::plugin {

// The code of one plugin instance, mapped into this process.
//
// It is mapped from a sealed, anonymous copy (memfd) of the bytes that were verified, not from the file, because
//  - between check and use nothing can be exchanged,
//  - overwriting a mapped file in place would kill the host with SIGBUS,
//  - the dynamic linker gives the old mapping again for a path or inode it has seen: with a copy of its own, a
//    generation gets its own code and its own statics, even of a file that did not change,
//  - nothing is written to disk, so noexec on /tmp, /run or the data directory does not matter.
// /proc/<pid>/maps shows it as "memfd:gantry:<id>". Where the system forbids executable memfds, the open file that was
// verified is mapped; then only its overwriting in place remains a danger.
class Library {
  public:
    // Resolves every symbol now, shares none, and checks that gantry_plugin_entry says what .gantry.info said and needs
    // no more than `offer`. Throws core::Error{Abi} that names the file. Constructors of the plugin run here.
    Library(const Verified& plugin, const HostOffer& offer);
    // Unmaps, unless keep() was called.
    ~Library();
    Library(Library&&) noexcept;

    // Valid while the library is mapped. Longer or shorter than this host's gantry_entry: test members with GANTRY_HAS.
    const gantry_entry& entry() const;

    // Keeps the code mapped until the process ends: for threads that may still run in it, and for sanitizers, which need
    // it to name functions in a report.
    void keep();
    // True: nothing of it is mapped any more. False: it stays, because of keep() or because a thread_local or unique
    // symbol of the plugin pins it. To be called once; entry() and every pointer into the plugin are dead afterwards.
    bool close();

  private:
    struct Mapping;
    std::unique_ptr<Mapping> mapping_;
};

}  // namespace host::plugin
