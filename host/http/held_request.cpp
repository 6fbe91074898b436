#include "host/http/held_request.hpp"

namespace host::http {

void HeldRequest::keep() {
    if (!kept_) view_ = &kept_.emplace(*view_).view();
}

void HeldRequest::keep_line() {
    if (kept_ || line_) return;
    Request wanted;
    wanted.method = view_->method;
    wanted.target = view_->path;
    wanted.path = view_->path;
    wanted.peer = view_->peer;
    wanted.minor_version = view_->minor_version;
    line_.emplace(wanted);
}

void HeldRequest::secure_line() {
    if (std::this_thread::get_id() != home_) keep_line();
}

void HeldRequest::detach() {
    home_ = {};
    keep_line();
    if (!kept_) view_ = &line_->view();
}

}  // namespace host::http
